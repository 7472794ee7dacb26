import type { CheckInput } from '#core/checks/check.ts';
import { runChecks } from '#core/checks/run.ts';
import { collectFacts } from '#core/facts/look.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { SubjectName } from '#shared/domain/facts/facts.ts';
import type { Looking } from './looking.ts';

const PRESENT: Readonly<Record<SubjectName, string>> = {
  identity: 'who the node is',
  accounts: 'accounts and groups',
  processes: 'running programs',
  sockets: 'open doors',
  interfaces: 'networks',
  firewall: 'firewall rules',
  containers: 'containers',
  units: 'services',
  files: 'files and folders',
  mounts: 'mounted disks',
  mycoswarm: 'mycoSwarm',
  sandbox: 'the sandbox',
  python: 'Python packages',
  ollama: 'Ollama',
  credentials: 'keys of providers',
  audit: 'audit rules',
  updates: 'updates',
  sshServer: 'the SSH server',
  time: 'the clock',
};

/**
 * Looking with the real collectors and judging with the real checks.
 * @param environment.recording file with the facts of recorded nodes
 * @param environment.version of Swarmkeep, kept in the facts
 * @param environment.patience factor on every limit of time, for machines known to be slow; 1 by default
 */
export function realLooking(environment: {
  dataFolder: string;
  recording: string;
  version: string;
  patience?: number;
}): Looking {
  return {
    ...(environment.patience ? { patience: environment.patience } : {}),
    async collect({ node, corrections, salt, neighbours, administrator, signal, onProgress }) {
      const { dataFolder, recording } = environment;
      const host = hostFor(node.address, { dataFolder, recording: { file: recording }, administrator });
      try {
        return await collectFacts({
          host,
          nodeName: node.name,
          reachedBy: node.address.kind,
          corrections,
          salt,
          around: { place: node.address.kind === 'ssh' ? node.address.host : null, neighbours },
          appVersion: environment.version,
          ...(environment.patience ? { patience: environment.patience } : {}),
          signal,
          onProgress: ({ done, total, subject }) =>
            onProgress({
              subjectsDone: done,
              subjectsTotal: total,
              present: subject === null ? 'connected' : PRESENT[subject],
            }),
        });
      } finally {
        await host.close();
      }
    },
    check: (input: CheckInput, only?: readonly CheckId[]) => runChecks(input, only ? { only } : {}),
  };
}

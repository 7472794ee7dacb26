import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Profile, ProfileCorrection } from '#shared/domain/profile.ts';
import { clockFrom } from './clock.ts';
import { nodeOf } from './nodes.ts';
import type { Scenario } from './scenario.ts';

/** What kind of machine every node of the double is. */
const MACHINE = {
  hostname: 'miu',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.1.0-27-amd64',
  architecture: 'x86_64',
  hardware: { model: 'ThinkCentre M720q', cpu: 'Intel Core i5-8500T', cores: 6, memoryBytes: 17_179_869_184 },
};

interface Parts {
  answer: <T>(work: () => T) => Promise<T>;
  now: () => string;
  /** Throws where there is no such node. */
  known: (id: string) => SwarmNode;
  changed: (node: string) => void;
}

/** @returns the nodes of a scenario, as a console has them */
export function nodesDouble(
  scenario: Scenario,
  { answer, now, known, changed }: Parts,
): ConsoleService['nodes'] {
  const removed = new Map<string, SwarmNode>();
  const corrected = new Map<string, ProfileCorrection[]>();
  return {
    list: () => answer(() => [...scenario.nodes].sort((a, b) => a.name.localeCompare(b.name, 'en'))),
    glances: () =>
      answer(() =>
        scenario.nodes.map(({ id }) => ({
          node: id,
          skewMs: scenario.skews?.[id] ?? 0.3,
          mycoSwarm: { installations: 1, running: 1, version: '0.2.16' },
        })),
      ),
    found: () => answer(() => scenario.found ?? { why: null, announced: [], turnedAway: 0 }),
    sshConfig: () =>
      answer(
        () =>
          scenario.sshConfig ?? {
            file: '/home/ines/.ssh/config',
            found: false,
            hosts: [],
            leftOut: 0,
            problems: [],
          },
      ),
    detectLocal: () => answer(() => scenario.local),
    hostKeys: (input) =>
      answer(() => {
        if (input.host.startsWith('nowhere')) {
          throw new ConsoleError('NODE_UNREACHABLE', `${input.host} did not answer within 5 seconds.`, {
            untouched: 'Nothing was added.',
            next: 'Check the name, and that SSH runs there.',
          });
        }
        return {
          keys: [
            {
              type: 'ssh-ed25519',
              fingerprint: 'SHA256:Zk3vX0mJ7cQ4bq2n8yQv1uA5sT9wE6rP0dL3fG8hK1o',
              line: `${input.host} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB3v`,
            },
          ],
        };
      }),
    add: (input) =>
      answer(() => {
        const { address } = input;
        const name =
          input.name ??
          (address.kind === 'ssh'
            ? (address.host.split('.')[0] ?? address.host)
            : address.kind === 'local'
              ? 'miu'
              : 'sample');
        if (scenario.nodes.some((node) => node.name === name)) {
          throw new ConsoleError('NODE_EXISTS', `${name} is already there.`, {
            next: 'Give it another name.',
          });
        }
        if (address.kind === 'ssh' && input.confirmedKeys.length === 0) {
          throw new ConsoleError('HOST_KEY_UNCONFIRMED', 'The host key of this node was not confirmed yet.');
        }
        if (address.kind === 'ssh' && address.host.startsWith('refused') && !address.identityFile) {
          throw new ConsoleError('NODE_UNREACHABLE', `${address.host} refused the login.`, {
            untouched: 'The node was not added.',
            next: 'Check the login name, and that your public key is loaded here (ssh-add).',
          });
        }
        const clock = clockFrom(Date.parse(now()));
        const node = nodeOf(name, clock, { address, lastLookAt: null, addedAt: clock.now });
        scenario.nodes.push(node);
        changed(node.id);
        return node;
      }),
    rename: ({ node, name }) =>
      answer(() => {
        const found = known(node);
        found.name = name;
        for (const finding of scenario.findings) if (finding.node === node) finding.nodeName = name;
        changed(node);
        return found;
      }),
    remove: ({ node }) =>
      answer(() => {
        const found = known(node);
        scenario.nodes = scenario.nodes.filter((entry) => entry.id !== node);
        removed.set(`undo-${node}`, found);
        changed(node);
        return { undo: `undo-${node}` };
      }),
    restore: ({ undo }) =>
      answer(() => {
        const found = removed.get(undo);
        if (!found) throw new ConsoleError('DECISION_UNKNOWN', 'This cannot be undone any more.');
        removed.delete(undo);
        scenario.nodes.push(found);
        changed(found.id);
        return found;
      }),
    profile: ({ node }) =>
      answer(() => {
        known(node);
        const detected = scenario.profiles[node] ?? null;
        const corrections = corrected.get(node) ?? [];
        return {
          detected,
          corrections,
          effective: effective(detected, corrections),
          observedAt: now(),
          machine: MACHINE,
        };
      }),
    correctProfile: ({ node, corrections }) =>
      answer(() => {
        known(node);
        corrected.set(node, corrections);
        changed(node);
        return { corrections };
      }),
  };
}

function effective(detected: Profile | null, corrections: ProfileCorrection[]): Profile | null {
  if (detected === null) return null;
  return {
    instances: detected.instances.map((instance) => ({
      ...instance,
      ...corrections.find((correction) => correction.instance === instance.id),
    })),
    corrected: corrections.map((correction) => correction.instance),
  };
}

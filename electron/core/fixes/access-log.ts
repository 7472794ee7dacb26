import type { Agent } from '#core/checks/agent.ts';
import { stateFiles } from '#core/checks/sandbox-lines.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import { type Needed, stateAt } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { writeFile } from './steps.ts';

/** Files that the daemon itself writes, as a plan has to know them. */
export function accessLogNeeds(instance: InstanceProfile): Needed[] {
  return stateFiles(instance).map((path) => ({ path, kind: 'file' }));
}

/**
 * Makes the access log where there is none: a place of `ReadWritePaths=` that is not there when the unit starts stays
 * read-only (systemd.exec(5)), and mycoSwarm fails when it cannot write it.
 */
export function accessLogSteps(input: FixInput, agent: Agent): PlanStep[] {
  const { uid, account, instance } = agent;
  if (uid === null) return [];
  return stateFiles(instance)
    .filter((path) => stateAt(input, path)?.kind === 'absent')
    .flatMap((path) =>
      writeFile(
        input,
        'Make the access log, which mycoSwarm has to be able to write',
        {
          path,
          text: '',
          uid,
          gid: account?.gid ?? uid,
          mode: 0o600,
        },
        { undoable: false, undo: 'The log stays, with what mycoSwarm wrote into it.' },
      ),
    );
}

import type { Agent } from '#core/checks/agent.ts';
import { stateFiles } from '#core/checks/sandbox-lines.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { stateAt } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { ownerWords, step } from './steps.ts';

/**
 * Looks once more, right before a unit is restarted, that the places which it leaves writable are the plain file and folder of the
 * plan: systemd follows links there (systemd.exec(5), `ReadWritePaths=`), so that a link put there meanwhile would open what it leads
 * to. The helper walks there without following one, and refuses another kind, another owner and a file with several names. It changes nothing.
 * @param workspace null where the unit names none
 */
export function plainPlaceSteps(input: FixInput, agent: Agent, workspace: string | null): PlanStep[] {
  const { uid, account, instance } = agent;
  if (uid === null) return [];
  const places = [
    ...(workspace === null ? [] : [{ path: workspace, kind: 'directory' as const, mode: 0o700 }]),
    ...stateFiles(instance).map((path) => ({ path, kind: 'file' as const, mode: 0o600 })),
  ];
  return places.map(({ path, kind, mode }) => {
    const state = stateAt(input, path);
    const own =
      state?.kind === 'file' || state?.kind === 'directory'
        ? { uid: state.uid, gid: state.gid, mode: state.mode }
        : { uid, gid: account?.gid ?? uid, mode };
    return step(
      input,
      `See that ${path} is no link by now, for mycoSwarm may write there`,
      {
        verb: 'set-attributes',
        path,
        ...own,
        // What is in the log changes all the time, and does not matter.
        expect: kind === 'file' ? { kind, sha256: null, ...own } : { kind, ...own },
      },
      { kind: 'attributes', path, before: ownerWords(input, own), after: ownerWords(input, own) },
      { undo: `Nothing was changed at ${visible(path)}.` },
    );
  });
}

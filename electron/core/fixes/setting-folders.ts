import { canChange, chainOf } from '#core/checks/access.ts';
import type { Agent } from '#core/checks/agent.ts';
import { filesByPath } from '#core/checks/knowledge.ts';
import { isWithin } from '#core/facts/profile/paths.ts';
import type { FileFact } from '#shared/domain/facts/files.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { Needed } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { setAttributes } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/**
 * Folders from the home of an agent to its plugins that it owns or may write: whoever owns one of them can replace what lies
 * below, so all of them become the administrator's, readable by the account.
 */
function settingFolders(input: Known, agent: Agent): FileFact[] {
  const { configurationFolder, home } = agent.instance;
  if (configurationFolder === null) return [];
  const files = filesByPath(input);
  const known = chainOf(`${configurationFolder}/plugins`).filter(
    (path) => path !== '/' && (home === null || isWithin(path, home)),
  );
  const isOpen = [configurationFolder, `${configurationFolder}/plugins`].some(
    (path) => files.has(path) && canChange(agent, path, files).can === 'yes',
  );
  return isOpen
    ? known.flatMap((path) => {
        const fact = files.get(path);
        return fact?.kind === 'directory' ? [fact] : [];
      })
    : [];
}

/** These folders, as a plan has to know them. */
export function settingFolderNeeds(input: Known, agent: Agent): Needed[] {
  return settingFolders(input, agent).map(({ path }) => ({ path, kind: 'directory', there: true }));
}

/** Gives them to the administrator: after that nobody but root can put a link in the place of what lies in them. */
export function settingFolderSteps(input: FixInput, agent: Agent): PlanStep[] {
  const gid = agent.account?.gid ?? 0;
  return settingFolders(input, agent).flatMap(({ path, uid, gid: group, mode }) =>
    setAttributes(
      input,
      'Give the folder to the administrator, readable by the account, so that the agent cannot change settings and plugins',
      path,
      { uid, gid: group, mode },
      { uid: 0, gid, mode: 0o750 },
    ),
  );
}

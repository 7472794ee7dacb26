import { dataMounts } from '#core/facts/data-mounts.ts';
import { canRead } from './access.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import {
  AS_ADMINISTRATOR,
  filesByPath,
  labelOf,
  notSeen,
  seen,
  sourceOf,
  unitOf,
  unseenPart,
} from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, dropInSteps, unitWord } from './steps.ts';
import { isConfined } from './unit-sandbox.ts';

/** Whether `InaccessiblePaths=` of the unit hides a path from the running process (systemd.exec(5)). */
export function hiddenByUnit(input: CheckInput, agent: Agent, path: string): 'yes' | 'no' | 'unknown' {
  const unit = unitOf(input, agent.instance);
  if (unit === null || unit === 'unseen') return 'no';
  const named = (unit.properties.InaccessiblePaths ?? '')
    .split(/\s+/)
    .map((word) => word.replace(/^[-+]+/, ''));
  const covers = named.some((word) => word === path || (word.length > 1 && path.startsWith(`${word}/`)));
  return covers && !agent.canBe(0) ? isConfined(input, agent.instance) : 'no';
}

/** One part for each mounted disk or share with data: whether the agent can look into it. */
export function dataMountParts(input: CheckInput, agent: Agent): Part[] {
  const facts = seen(input, 'mounts');
  if (facts === null) {
    const unseen = unseenPart(input, 'mounts');
    return unseen === null ? [] : [unseen];
  }
  const files = filesByPath(input);
  const source = sourceOf(input, 'mounts');
  const workspace = agent.instance.workspace;
  return dataMounts(facts)
    .filter((path) => workspace === null || !(workspace === path || workspace.startsWith(`${path}/`)))
    .map((path): Part => {
      const what = `${labelOf(input, agent.instance)}${path}, a mounted disk or share`;
      const { can, because } = canRead(agent, path, files);
      if (can === 'no') return { what, seen: `closed to ${agent.name}`, status: 'pass', source };
      const hidden = hiddenByUnit(input, agent, path);
      if (hidden === 'yes')
        return { what, seen: 'hidden from mycoSwarm by InaccessiblePaths=', status: 'pass', source };
      if (can === 'unknown' || hidden === 'unknown')
        return notSeen(input, what, because || 'whether its unit hides it', source, AS_ADMINISTRATOR);
      return {
        what,
        seen: `the account ${agent.name} can look into it: ${because}`,
        status: 'fix',
        severity: 'medium',
        source,
        headline: `The agent on ${input.nodeName} can read what is on ${path}.`,
        steps: agent.instance.unit
          ? dropInSteps(input, 'Hide it from mycoSwarm', agent.instance.unit, '50-swarmkeep-mounts', [
              `InaccessiblePaths=-${unitWord(path)}`,
            ])
          : [asRoot(input, 'Close it to everybody else')`chmod o-rwx -- ${path}`],
      };
    });
}

import { mountedHomes } from '#core/facts/mounted-homes.ts';
import { canRead } from './access.ts';
import type { Agent } from './agent.ts';
import type { CheckInput } from './check.ts';
import { hiddenByUnit } from './data-mount-parts.ts';
import { otherHomes } from './homes.ts';
import { AS_ADMINISTRATOR, filesByPath, labelOf, notSeen, seen, sourceOf } from './knowledge.ts';
import type { Part } from './part.ts';
import { asRoot, dropInSteps, undoneBy, unitWord } from './steps.ts';

/**
 * Homes of others that are mounted a second time, under /opt, /var, /usr or anywhere: neither the closed home nor
 * `ProtectHome=` keeps the agent from what it reaches by the second path.
 */
export function mountedHomeParts(input: CheckInput, agent: Agent): Part[] {
  const facts = seen(input, 'mounts');
  const accounts = seen(input, 'accounts')?.accounts ?? [];
  if (facts === null) return [];
  const homes = otherHomes(agent, accounts).map(({ home, homeDirectory }) => homeDirectory?.resolved ?? home);
  const files = filesByPath(input);
  const source = sourceOf(input, 'mounts');
  const { unit } = agent.instance;
  return mountedHomes(facts, homes).map(({ path, of }): Part => {
    const what = `${labelOf(input, agent.instance)}${path}, where ${of} is mounted again`;
    const { can, because, at } = canRead(agent, path, files);
    if (can === 'no') return { what, seen: `closed to ${agent.name}`, status: 'pass', source };
    const hidden = hiddenByUnit(input, agent, path);
    if (hidden === 'yes')
      return { what, seen: 'hidden from mycoSwarm by InaccessiblePaths=', status: 'pass', source };
    if (can === 'unknown' || hidden === 'unknown')
      return notSeen(
        input,
        what,
        can === 'unknown'
          ? `whether the agent may enter it: ${at} ${because}`
          : 'whether the settings of its unit are in force on the running process could not be seen',
        source,
        AS_ADMINISTRATOR,
      );
    return {
      what,
      seen: `the account ${agent.name} can look into it there: ${because}`,
      status: 'fix',
      severity: 'high',
      source,
      headline: `The agent on ${input.nodeName} can look into ${of}, which is mounted a second time at ${path}.`,
      steps:
        unit === null
          ? [
              undoneBy(
                asRoot(input, 'Unmount it, and take it out of /etc/fstab')`umount -- ${path}`,
                path === of ? [] : [asRoot(input, 'Back')`mount --bind -- ${of} ${path}`],
              ),
            ]
          : dropInSteps(input, 'Hide it from mycoSwarm', unit, '50-swarmkeep-homes', [
              `InaccessiblePaths=-${unitWord(path)}`,
            ]),
    };
  });
}

import type { Agent } from '#core/checks/agent.ts';
import { grantedTo, otherHomes } from '#core/checks/homes.ts';
import { seen } from '#core/checks/knowledge.ts';
import type { AccountFact } from '#shared/domain/facts/accounts.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import type { Needed } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { setAttributes } from './steps.ts';

type Known = Omit<FixInput, 'states'>;

/** Homes of others that an agent can look into by their mode. Access lists and homes of its own are left to a person. */
function openHomes(input: Known, agent: Agent): AccountFact[] {
  const accounts = seen(input, 'accounts')?.accounts ?? [];
  return otherHomes(agent, accounts).filter(({ home, homeDirectory }) => {
    if (homeDirectory === null || homeDirectory.acl !== false) return false;
    // A link, or a home that lies elsewhere, is not the folder that would be changed.
    if (homeDirectory.resolved && homeDirectory.resolved !== home) return false;
    return !agent.canBe(homeDirectory.uid) && ((grantedTo(agent, homeDirectory) ?? 0) & 5) !== 0;
  });
}

/** Homes that have to be looked at before they are closed. */
export function homeNeeds(input: Known, agents: readonly Agent[]): Needed[] {
  const homes = agents.flatMap((agent) => openHomes(input, agent).map(({ home }) => home));
  return [...new Set(homes)].map((path) => ({ path, kind: 'directory', there: true }));
}

/** Closes homes of people to everybody but their owner, so that an agent cannot look into them. */
export function closeHomesSteps(
  input: FixInput,
  agents: readonly Agent[],
  phase: PlanStep['phase'] = 'now',
): PlanStep[] {
  const homes = new Map(
    agents.flatMap((agent) => openHomes(input, agent).map((account) => [account.home, account] as const)),
  );
  return [...homes.values()].flatMap(({ name, home, homeDirectory }) =>
    homeDirectory === null
      ? []
      : setAttributes(
          input,
          `Close the home of ${name} to others; what other programs read in there they no longer reach`,
          home,
          { uid: homeDirectory.uid, gid: homeDirectory.gid, mode: homeDirectory.mode },
          { uid: homeDirectory.uid, gid: homeDirectory.gid, mode: homeDirectory.mode & ~0o077 },
          { phase },
        ),
  );
}

import type { AccountFact } from '#shared/domain/facts/accounts.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import type { Agent } from './agent.ts';
import { gainOf } from './powers.ts';
import { byHand } from './steps.ts';

/**
 * Whether an account is, or may be, a person's: somebody works with it, logs in with it, keeps things in it, or rules the
 * machine through it. What could not be seen counts as a person's, for a person locked out cannot be asked again.
 */
export function isPersonal(account: AccountFact): boolean {
  const isAdministrator =
    (account.sudoRules ?? ['unseen']).length > 0 || account.groups.some((group) => gainOf(group)?.root);
  return (
    account.uid === 0 ||
    account.sessions > 0 ||
    account.authorizedKeys === null ||
    account.authorizedKeys > 0 ||
    account.personalTraces.length > 0 ||
    (account.password !== 'locked' && isAdministrator)
  );
}

/** Whether any name of the account that mycoSwarm runs as is a person's. */
export const isOfPerson = (agent: Agent): boolean => agent.uid === 0 || agent.entries.some(isPersonal);

/**
 * The one step that comes before all others where permissions cannot hold the agent, or where they would hold a person:
 * null where the agent has an account of its own already.
 */
export function accountFirst(agent: Agent): FixStep[] | null {
  const why = isOfPerson(agent)
    ? agent.uid === 0
      ? 'mycoSwarm runs as the administrator'
      : `mycoSwarm runs as ${visible(agent.name)}, the account of a person`
    : agent.canBe(0)
      ? `the account ${visible(agent.name)} can act as administrator, and no permission holds an administrator`
      : null;
  if (why === null) return null;
  return [
    byHand(
      `First take the steps of "Its own account", then look again: ${why}. Nothing is to be changed here before; the steps that fit stand here then.`,
    ),
  ];
}

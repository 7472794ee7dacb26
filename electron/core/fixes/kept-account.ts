import type { Agent, Power } from '#core/checks/agent.ts';
import { isOfPerson } from '#core/checks/personal.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import type { Needed } from './at-path.ts';
import type { FixInput } from './fix.ts';
import { setAttributes } from './steps.ts';

/** What an account gets by being this account; another account is rid of it. */
const OF_THE_ACCOUNT: readonly Power['kind'][] = ['sudo', 'group', 'process-group', 'engine', 'capability'];

/** Whether the account itself is the fault: a person's, root's, or one with powers or a password. */
export function needsNewAccount(agent: Agent): boolean {
  return (
    isOfPerson(agent) ||
    agent.entries.some(({ password }) => password === 'set' || password === 'empty') ||
    agent.powers.some(({ kind }) => OF_THE_ACCOUNT.includes(kind))
  );
}

/** A program by which every account becomes another: no account helps against it, and what it is for only a person knows. */
export function whatStays(agent: Agent): string | null {
  const program = agent.powers.find(({ kind }) => kind === 'program');
  return program === undefined
    ? null
    : `${visible(program.what)} gives whoever starts it other rights, and only you know what needs it. Take the steps of the finding by hand.`;
}

/** The agent's own home, where it is open to others. */
export function ownHomeNeeds({ entries }: Agent): Needed[] {
  return entries
    .filter(({ homeDirectory }) => homeDirectory !== null && (homeDirectory.mode & 0o007) !== 0)
    .map(({ home }) => ({ path: home, kind: 'directory', there: true }));
}

/** Closes the home of an account that mycoSwarm has for itself already. */
export function keepAccountSteps(input: FixInput, { entries }: Agent): PlanStep[] {
  return entries.flatMap(({ home, homeDirectory }) => {
    if (homeDirectory === null || (homeDirectory.mode & 0o007) === 0) return [];
    const { uid, gid, mode } = homeDirectory;
    return setAttributes(
      input,
      'Close the home of mycoSwarm to others',
      home,
      { uid, gid, mode },
      { uid, gid, mode: mode & ~0o007 },
    );
  });
}

import type { Agent } from '#core/checks/agent.ts';
import type { CheckInput } from '#core/checks/check.ts';
import { aroundParts, elsewhereParts } from '#core/checks/outbound-around.ts';
import { relayParts } from '#core/checks/outbound-firewall.ts';
import { rootParts } from '#core/checks/outbound-parts.ts';
import type { Part } from '#core/checks/part.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import type { Sender } from '#core/firewall/questions/outbound.ts';

/** Something that a proof about packets does not see, as the check of the same machine judges it. */
export interface Beside {
  /** `relay`: a program that could pass data on. `rules`: whether the rules, or the list of uids, hold the agent at all. */
  readonly kind: 'relay' | 'rules';
  readonly state: 'open' | 'unknown' | 'closed';
  readonly what: string;
  readonly seen: string;
}

const STATES: Readonly<Record<Part['status'], Beside['state']>> = {
  fix: 'open',
  review: 'open',
  unknown: 'unknown',
  pass: 'closed',
  'not-applicable': 'closed',
};
const ORDER: readonly Beside['state'][] = ['open', 'unknown', 'closed'];

function lines(kind: Beside['kind'], parts: readonly Part[]): Beside[] {
  return parts.map(({ what, seen, status }) => ({ kind, state: STATES[status], what, seen }));
}

/**
 * What else decides whether an agent's data leaves: programs on this machine and in the home that carry data out, and rights or a network of
 * its own with which packet rules do not hold it. The worst stands first.
 */
export function besidePackets(input: CheckInput, agent: Agent, sender: Sender, rules: Rules): Beside[] {
  const holds = [
    ...rootParts(input, agent),
    ...elsewhereParts(input, agent),
    ...aroundParts(input, agent),
    ...agent.doubts,
  ];
  return [
    ...lines('rules', holds).filter(({ state }) => state !== 'closed'),
    ...lines('relay', relayParts(input, { agent, sender, rules })),
  ].toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

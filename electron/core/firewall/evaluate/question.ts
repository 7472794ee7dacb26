import type { HookedChain } from '../hooks.ts';
import type { HostContext } from '../host.ts';
import type { Rule, Ruleset } from '../model.ts';
import type { Packet, PathStep } from '../packet.ts';
import type { Stop } from './spot.ts';

/** One question, and how many rules may still be looked at for it. */
export interface Question {
  readonly ruleset: Ruleset;
  readonly host: HostContext;
  readonly packet: Packet;
  budget: number;
}

/** The end of what the model can follow. */
export function unknownEnd(why: string): Stop {
  return { kind: 'end', outcome: 'unknown', because: why };
}

/** One line of a path: a rule, or the policy of a chain. */
export function pathStep(
  hooked: HookedChain,
  chain: string,
  hook: string,
  rule: Rule | null,
  outcome: string,
): PathStep {
  return {
    table: `${hooked.table.family} ${hooked.table.name}`,
    chain,
    hook,
    rule: rule?.text ?? null,
    ruleId: rule?.id ?? null,
    handle: rule?.handle ?? null,
    outcome,
  };
}

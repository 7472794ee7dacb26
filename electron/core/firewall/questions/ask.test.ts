import { expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import { single } from '../interval.ts';
import { outboundSpace } from '../prove/space.ts';
import { baseChain, condition, DROP, match, rulesets } from '../prove/testing/rules.ts';
import { ask } from './ask.ts';
import { packetOut } from './outbound.ts';

it('says that it cannot tell when the proof is not found again', () => {
  const { rule, table, ruleset } = rulesets();
  // The checker does not follow marks that rules set; the prover does.
  const setMark = { kind: 'setMark', field: 'mark', change: { kind: 'value', keep: 0n, value: 7n } } as const;
  const rules = {
    ruleset: ruleset(
      table('ip', 'f', [baseChain('o', [rule(setMark), rule(match(condition('mark', ...single(7))), DROP)])]),
    ),
    host: UNKNOWN_HOST,
  };
  const sample = packetOut(
    UNKNOWN_HOST,
    { uid: 1_001n, gid: undefined },
    { version: 4, daddr: 0x0808_0808n, l4proto: 6n, dport: 443n },
  );
  expect(ask(rules, outboundSpace(4, single(1_001)), sample)).toEqual({
    kind: 'unknown',
    reason: 'the proof could not be re-checked: a packet gets through',
  });
});

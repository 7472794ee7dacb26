import { expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import { single } from '../interval.ts';
import { outboundSpace } from '../prove/space.ts';
import { baseChain, condition, DROP, match, rulesets } from '../prove/testing/rules.ts';
import { ask } from './ask.ts';
import { packetOut } from './outbound.ts';

it('says that it cannot tell when the proof is not found again', () => {
  const { rule, table, ruleset } = rulesets();
  // The checker does not follow what rules do to the tracking of connections; the prover does.
  const untracked = match(condition('ctState', ...single(64)));
  const rules = {
    ruleset: ruleset(
      table('ip', 'f', [
        baseChain('early', [rule({ kind: 'notrack' })], { priority: -300 }),
        baseChain('o', [rule(untracked, DROP)]),
      ]),
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

import { expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import type { BaseChain, Statement, TableFamily } from '../model.ts';
import { baseChain, DROP, rulesets, uid } from '../prove/testing/rules.ts';
import { askOutbound, type Sender } from './outbound.ts';

const AGENT: Sender = { uids: [[1_001n, 1_001n]], uid: 1_001n, gid: 1_001n };

/** The agent is stopped on every interface but `lo`, and there is one chain more. */
function besides(family: TableFamily, base: Partial<BaseChain>, ...statements: Statement[]) {
  const { rule, table, ruleset } = rulesets();
  const loopback = {
    kind: 'match',
    negated: true,
    alternatives: [[{ field: 'oifname', values: { kind: 'names', patterns: ['lo'] } }]],
  } as const;
  const fence = table('inet', 'fence', [baseChain('o', [rule(loopback, uid(1_001), DROP)])]);
  const more = table(family, 'more', [baseChain('m', [rule(...statements)], base)]);
  return askOutbound({ ruleset: ruleset(fence, more), host: UNKNOWN_HOST }, 4, AGENT);
}

const SENDS_ON: Statement = { kind: 'unmodelledVerdict', text: 'dup to 8.8.8.8' };
const dnat = (address: bigint): Statement => ({
  kind: 'nat',
  type: 'dnat',
  entries: [{ conditions: [], target: { address: [address, address], port: null } }],
});

it.each([
  ['netdev', { hook: 'ingress', devices: ['lo'] }],
  ['netdev', { hook: 'ingress', devices: null }],
  ['ip', { hook: 'prerouting' }],
  ['ip', { hook: 'input' }],
  ['ip', { hook: 'postrouting' }],
] as const)('says of what is sent on from %s %o on its way back in that it is not known', (family, base) => {
  const answer = besides(family, base, SENDS_ON);
  expect(answer.kind).toBe('unknown');
  expect(answer.kind === 'unknown' && answer.reason).toContain('packets for the home network');
});

it('says so of what a rule of prerouting translates into the internet, where packets are given zones', () => {
  const base = { type: 'nat', hook: 'prerouting', priority: -100 } as const;
  expect(besides('ip', base, { kind: 'zone' }, dnat(0x0808_0808n)).kind).toBe('unknown');
  expect(besides('ip', base, dnat(0x0808_0808n)).kind).toBe('closed');
});

it('says nothing of what is only sent on to the home network, or of what is forwarded', () => {
  expect(besides('ip', { type: 'nat', hook: 'prerouting', priority: -100 }, dnat(0xac11_0002n)).kind).toBe(
    'closed',
  );
  expect(besides('ip', { hook: 'forward' }, SENDS_ON).kind).toBe('closed');
  expect(besides('ip6', { hook: 'prerouting' }, SENDS_ON).kind).toBe('closed');
});

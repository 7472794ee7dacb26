import { expect, it } from 'vitest';
import { UNKNOWN_HOST } from './host.ts';
import { single } from './interval.ts';
import { mergeListings } from './merge.ts';
import { listing, match } from './nft/testing/listing.ts';
import { askOutbound } from './questions/outbound.ts';

/** What ends a rule before its last statement, or does not, as nft 1.0.6 lists it. Each let a packet out of a namespace, or held it. */
const SKUID = { meta: { key: 'skuid' } };
const OF_AGENT = match(SKUID, 1_001);
const DROP = { drop: null };
const ACCEPT = { accept: null };
const PLACE = { family: 'ip', table: 't' };
const EVERYWHERE = { prefix: { addr: '0.0.0.0', len: 0 } };
const DADDR = { payload: { protocol: 'ip', field: 'daddr' } };

function kindOf(rules: readonly (readonly unknown[])[], more: readonly object[] = []): string {
  const base = { type: 'filter', hook: 'output', prio: 0, policy: 'accept' };
  const text = listing(
    { table: { family: 'ip', name: 't', handle: 1 } },
    { chain: { ...PLACE, name: 'c', handle: 1, ...base } },
    ...more,
    ...rules.map((expr, index) => ({ rule: { ...PLACE, chain: 'c', handle: 10 + index, expr } })),
  );
  const merged = mergeListings({ listings: [{ kind: 'nft', text }], missing: [] });
  if (!merged.ok) throw new Error(merged.error.message);
  const sender = { uids: single(1_001), uid: 1_001n, gid: 1_001n };
  return askOutbound({ ruleset: merged.ruleset, host: UNKNOWN_HOST }, 4, sender).kind;
}

const everyAddress = (verdict: object) => ({
  vmap: { key: DADDR, data: { set: [[EVERYWHERE, verdict]] } },
});

it('goes on behind a map that says so, and behind a plain word', () => {
  const fence = [OF_AGENT, DROP];
  expect(kindOf([[OF_AGENT, everyAddress({ continue: null }), ACCEPT], fence])).toBe('open');
  expect(kindOf([[OF_AGENT, everyAddress({ continue: null }), DROP]])).toBe('closed');
  expect(kindOf([[OF_AGENT, { continue: null }, DROP]])).toBe('closed');
  expect(kindOf([[OF_AGENT, { continue: null }, ACCEPT], fence])).toBe('open');
});

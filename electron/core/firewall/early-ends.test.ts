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

const uids = (more: object, ...elem: readonly object[]) => [
  { set: { ...PLACE, name: 's', type: 'uid', handle: 2, elem, ...more } },
];
const element = (more: object) => ({ elem: { val: 1_001, ...more } });
const LIMIT = { limit: { rate: 1, burst: 1, per: 'minute' } };
const COUNTER = { counter: { packets: 0, bytes: 0 } };

it.each<[string, object, object]>([
  ['a limit', LIMIT, { stmt: [LIMIT] }],
  ['a limit that the set does not tell of', LIMIT, {}],
  ['a limit that an element does not tell of', {}, { stmt: [LIMIT] }],
  ['a quota', { quota: { val: 50, val_unit: 'bytes' } }, {}],
  ['a bound of connections', { 'ct count': { val: 1 } }, {}],
])('ends where the element that is found has %s of its own that is used up', (_what, own, more) => {
  const found = match(SKUID, '@s');
  const vmap = { vmap: { key: SKUID, data: '@m' } };
  expect(kindOf([[found, DROP]], uids(more, element(own)))).not.toBe('closed');
  expect(
    kindOf(
      [
        [found, ACCEPT],
        [OF_AGENT, DROP],
      ],
      uids(more, element(own)),
    ),
  ).toBe('open');
  const map = { map: { ...uids(more)[0]?.set, name: 'm', map: 'verdict', elem: [[element(own), DROP]] } };
  expect(kindOf([[vmap]], [map])).not.toBe('closed');
  // The bound of an element that is not found is never asked.
  const others = { elem: { val: 5, ...own } };
  expect(kindOf([[match(SKUID, '@s', '!='), DROP]], uids(more, others))).toBe('closed');
});

it('is unknown where some elements have a bound, and goes on where they count or say when they were used', () => {
  expect(kindOf([[match(SKUID, '@s'), DROP]], uids({}, element(LIMIT), { elem: { val: 5 } }))).toBe(
    'unknown',
  );
  const harmless = element({ ...COUNTER, last: null, comment: 'x' });
  expect(kindOf([[match(SKUID, '@s'), DROP]], uids({ stmt: [COUNTER] }, harmless))).toBe('closed');
  expect(kindOf([[match(SKUID, { set: [element(LIMIT)] }), DROP]])).not.toBe('closed');
});

const oneAddress = (data: unknown, key: object = DADDR) => ({
  map: { key, data: { set: [['1.1.1.1', data]] } },
});
const onePort = (data: unknown) => ({
  map: { key: { payload: { protocol: 'tcp', field: 'dport' } }, data: { set: [[21, data]] } },
});
const change = (key: object, value: unknown) => ({ mangle: { key, value } });
const HEADER = (protocol: string, field: string) => ({ payload: { protocol, field } });

it.each<[string, unknown]>([
  ['a counter', { counter: oneAddress('c1') }],
  ['a quota', { quota: oneAddress('q1') }],
  ['a helper', { 'ct helper': onePort('h') }],
  ['a time limit of connections', { 'ct timeout': onePort('t') }],
  ['a priority', change({ meta: { key: 'priority' } }, oneAddress('1:10'))],
  ['a priority, as text', change({ meta: { key: 'priority' } }, 'ip daddr map { 1.1.1.1 : 1:10 }')],
  ['a zone', change({ ct: { key: 'zone' } }, oneAddress(5))],
  ['a time to live', change(HEADER('ip', 'ttl'), oneAddress(5))],
  ['a class of traffic', change(HEADER('ip', 'dscp'), oneAddress('cs1'))],
])('is not certain to come past %s that is looked up', (_what, statement) => {
  expect(kindOf([[OF_AGENT, statement, DROP]])).toBe('unknown');
});

it.each<[string, unknown]>([
  ['an expected connection', { 'ct expectation': 'e' }],
  ['an address of Ethernet', change(HEADER('ether', 'saddr'), '02:00:00:00:00:01')],
  ['a window of TCP', change(HEADER('tcp', 'window'), 5)],
  [
    'an option in an element',
    { set: { op: 'delete', elem: { 'tcp option': { name: 'maxseg', field: 'size' } }, set: '@s' } },
  ],
  ['an element that is listed as text', 'delete @m { tcp dport : 0x00000005 }'],
  [
    'an element with a value that is read',
    { map: { op: 'delete', elem: DADDR, data: HEADER('tcp', 'dport'), map: '@m' } },
  ],
])('is not certain to come past %s that may not be there', (_what, statement) => {
  const others = [match({ meta: { key: 'l4proto' } }, 'tcp', '!='), DROP];
  expect(kindOf([[OF_AGENT, statement, DROP], others], uids({}))).toBe('unknown');
});

it.each<[string, unknown]>([
  ['counter', COUNTER],
  ['counter name "c"', { counter: 'c' }],
  ['log', { log: { prefix: 'a word or two ', flags: ['all', 'tcp options'] } }],
  ['ct helper set "h"', { 'ct helper': 'h' }],
  ['ct timeout set "t"', { 'ct timeout': 't' }],
  ['meta priority set 1:10', change({ meta: { key: 'priority' } }, '1:10')],
  ['ct event set new,destroy', change({ ct: { key: 'event' } }, ['new', 'destroy'])],
  ['ip ttl set 5', change(HEADER('ip', 'ttl'), 5)],
  ['ip dscp set cs1', change(HEADER('ip', 'dscp'), 'cs1')],
  ['last', { last: null }],
  ['delete @s { ip daddr }', { set: { op: 'delete', elem: DADDR, set: '@s' } }],
])('comes past %s', (_what, statement) => {
  expect(kindOf([[OF_AGENT, statement, DROP]], uids({}))).toBe('closed');
});

const outOfTable6 = (rules: readonly (readonly unknown[])[]): string => {
  const place = { family: 'ip6', table: 't' };
  const base = { type: 'filter', hook: 'output', prio: 0, policy: 'accept' };
  const text = listing(
    { table: { family: 'ip6', name: 't', handle: 1 } },
    { chain: { ...place, name: 'c', handle: 1, ...base } },
    ...rules.map((expr, index) => ({ rule: { ...place, chain: 'c', handle: 10 + index, expr } })),
  );
  const merged = mergeListings({ listings: [{ kind: 'nft', text }], missing: [] });
  if (!merged.ok) throw new Error(merged.error.message);
  const sender = { uids: single(1_001), uid: 1_001n, gid: 1_001n };
  return askOutbound({ ruleset: merged.ruleset, host: UNKNOWN_HOST }, 6, sender).kind;
};

it('is not certain to stop extension headers by a port, where nft does not list a next header', () => {
  const ports = { range: [0, 65_535] };
  const tcp = match(HEADER('tcp', 'dport'), ports);
  const udp = match(HEADER('udp', 'dport'), ports);
  const others = [OF_AGENT, match({ meta: { key: 'l4proto' } }, { set: ['tcp', 'udp'] }, '!='), DROP];
  expect(outOfTable6([[OF_AGENT, tcp, DROP], [OF_AGENT, udp, DROP], others])).toBe('unknown');
  const reset = { reject: { type: 'tcp reset' } };
  expect(
    outOfTable6([
      [OF_AGENT, reset],
      [OF_AGENT, match({ meta: { key: 'l4proto' } }, 'tcp', '!='), DROP],
    ]),
  ).toBe('unknown');
  expect(
    outOfTable6([
      [OF_AGENT, match(HEADER('tcp', 'dport'), 443), ACCEPT],
      [OF_AGENT, DROP],
    ]),
  ).toBe('open');
  expect(
    outOfTable6([
      [OF_AGENT, match(HEADER('tcp', 'dport'), 443), DROP],
      [OF_AGENT, DROP],
    ]),
  ).toBe('closed');
  const both = match({ meta: { key: 'l4proto' } }, { set: ['tcp', 'udp'] });
  expect(outOfTable6([[OF_AGENT, both, DROP], others])).toBe('closed');
});

it('goes on behind a map that says so, and behind a plain word', () => {
  const fence = [OF_AGENT, DROP];
  expect(kindOf([[OF_AGENT, everyAddress({ continue: null }), ACCEPT], fence])).toBe('open');
  expect(kindOf([[OF_AGENT, everyAddress({ continue: null }), DROP]])).toBe('closed');
  expect(kindOf([[OF_AGENT, { continue: null }, DROP]])).toBe('closed');
  expect(kindOf([[OF_AGENT, { continue: null }, ACCEPT], fence])).toBe('open');
});

import { describe, expect, it } from 'vitest';
import { readNft } from './read-nft.ts';
import { chain, DADDR, DPORT, listing, MARK, match, OUTPUT, rule, rules, TABLE } from './testing/listing.ts';

describe('bad listings', () => {
  const other = (name: string) => ({ chain: { family: 'inet', table: 't', name } });
  const jump = (from: string, to: string) => ({
    rule: { family: 'inet', table: 't', chain: from, handle: 1, expr: [{ jump: { target: to } }] },
  });
  const vmap = (to: string) =>
    rule({ vmap: { key: DPORT, data: { set: [[80, { goto: { target: to } }]] } } });
  const deep = (depth: number) => {
    let inner: object = { meta: { key: 'mark' } };
    for (let level = 0; level < depth; level += 1) inner = { '&': [inner, 1] };
    return inner;
  };
  const whole = listing(TABLE, OUTPUT, rule({ drop: null }));

  it.each<[string, string, string]>([
    ['nothing', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['no JSON', 'Operation not permitted (you must be root)', 'not-json'],
    ['a cut listing', whole.slice(0, -9), 'not-json'],
    ['a text listing', 'table inet t {\n}', 'not-json'],
    ['another document', '{"tables": []}', 'bad-shape'],
    ['null', 'null', 'bad-shape'],
    ['no metainfo', '{"nftables": []}', 'bad-shape'],
    ['a newer schema', '{"nftables": [{"metainfo": {"json_schema_version": 2}}]}', 'bad-shape'],
    ['no schema', '{"nftables": [{"metainfo": {"version": "1.0.6"}}]}', 'bad-shape'],
    ['an entry of tomorrow', listing({ galaxy: { name: 'x' } }), 'bad-shape'],
    ['an unknown family', listing({ table: { family: 'ipx', name: 't' } }), 'bad-shape'],
    ['an unknown hook', listing(TABLE, { chain: { ...OUTPUT.chain, hook: 'somewhere' } }), 'bad-shape'],
    ['an unknown policy', listing(TABLE, { chain: { ...OUTPUT.chain, policy: 'maybe' } }), 'bad-shape'],
    ['no priority', listing(TABLE, { chain: { ...OUTPUT.chain, prio: 'filter' } }), 'bad-shape'],
    ['a chain without its table', listing(OUTPUT), 'bad-shape'],
    ['a rule without its chain', listing(TABLE, rule({ drop: null })), 'unknown-chain'],
    ['a table twice', listing(TABLE, TABLE), 'bad-shape'],
    ['a jump to nowhere', listing(TABLE, OUTPUT, rule({ jump: { target: 'x' } })), 'unknown-chain'],
    ['a verdict map to nowhere', listing(TABLE, OUTPUT, vmap('x')), 'unknown-chain'],
    [
      'a jump to what JavaScript has',
      listing(TABLE, OUTPUT, rule({ jump: { target: '__proto__' } })),
      'unknown-chain',
    ],
    ['a circle', listing(TABLE, other('a'), other('b'), jump('a', 'b'), jump('b', 'a')), 'circle'],
    ['a chain that jumps to itself', listing(TABLE, other('a'), jump('a', 'a')), 'circle'],
    ['a circle through a verdict map', listing(TABLE, OUTPUT, vmap('c')), 'circle'],
    [
      'a long way down',
      listing(
        TABLE,
        ...Array.from({ length: 5_000 }, (_, index) => other(`n${index}`)),
        ...Array.from({ length: 4_999 }, (_, index) => jump(`n${index}`, `n${index + 1}`)),
      ),
      'too-large',
    ],
    ['a range backwards', listing(TABLE, OUTPUT, rule(match(DPORT, { range: [90, 80] }))), 'bad-shape'],
    [
      'a NUL in a name',
      listing(TABLE, OUTPUT, rule(match({ meta: { key: 'oifname' } }, 'lo\0'))),
      'bad-shape',
    ],
    ['a range of one end', listing(TABLE, OUTPUT, rule(match(DPORT, { range: [90] }))), 'bad-shape'],
    ['a port too large', listing(TABLE, OUTPUT, rule(match(DPORT, 70_000))), 'bad-shape'],
    ['a number too large', listing(TABLE, OUTPUT, rule(match(MARK, 1e300))), 'bad-shape'],
    ['half a port', listing(TABLE, OUTPUT, rule(match(DPORT, 0.5))), 'bad-shape'],
    ['a negative uid', listing(TABLE, OUTPUT, rule(match({ meta: { key: 'skuid' } }, -1))), 'bad-shape'],
    [
      'a prefix too long',
      listing(TABLE, OUTPUT, rule(match(DADDR, { prefix: { addr: '10.0.0.0', len: 33 } }))),
      'bad-shape',
    ],
    ['an address of the other family', listing(TABLE, OUTPUT, rule(match(DADDR, '::1'))), 'bad-shape'],
    ['no address', listing(TABLE, OUTPUT, rule(match(DADDR, 'example.org'))), 'bad-shape'],
    ['a set that is not there', listing(TABLE, OUTPUT, rule(match(DADDR, '@lan'))), 'bad-shape'],
    [
      'a set that is no list',
      listing(TABLE, { set: { family: 'inet', table: 't', name: 's', elem: 5 } }),
      'bad-shape',
    ],
    [
      'a match without a side',
      listing(TABLE, OUTPUT, rule({ match: { op: '==', left: DADDR } })),
      'bad-shape',
    ],
    ['a statement of two', listing(TABLE, OUTPUT, rule({ accept: null, drop: null })), 'bad-shape'],
    [
      'a concatenation that is too short',
      listing(TABLE, OUTPUT, rule(match({ concat: [DADDR, DPORT] }, { set: ['10.0.0.1'] }))),
      'bad-shape',
    ],
    [
      'a concatenation that is too long',
      listing(
        TABLE,
        OUTPUT,
        rule(match({ concat: [DADDR, DPORT] }, { set: [{ concat: ['10.0.0.1', 80, 443] }] })),
      ),
      'bad-shape',
    ],
    ['a deep expression', listing(TABLE, OUTPUT, rule(match(deep(500), 1))), 'bad-shape'],
    ['deep brackets', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'bad-shape'],
    [
      'a verdict map of numbers',
      listing(TABLE, OUTPUT, rule({ vmap: { key: DPORT, data: { set: [[80, 5]] } } })),
      'bad-shape',
    ],
    ['12 MiB and more', ' '.repeat(12 * 1024 * 1024 + 1), 'too-large'],
  ])('%s', (_, text, code) => {
    const result = readNft(text);
    expect(result).toMatchObject({ ok: false, error: { code } });
    if (!result.ok) expect(result.error.message.length).toBeLessThan(300);
  });

  it('names of JavaScript are only names', () => {
    const text = listing(TABLE, { chain: { ...OUTPUT.chain, name: '__proto__' } }).replace(
      '"policy"',
      '"__proto__": {"hook": "input"}, "constructor": 1, "policy"',
    );
    expect(chain(readNft(text), '__proto__').base?.hook).toBe('output');
    expect(rules(readNft(listing(TABLE, OUTPUT, rule(match({ meta: { key: 'constructor' } }, 1)))))).toEqual([
      'unmodelled meta constructor 1',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { readNft } from './read-nft.ts';
import {
  ANY_DPORT,
  chain,
  DADDR,
  DPORT,
  FLAGS,
  listing,
  MARK,
  match,
  NO_PORTS,
  OUTPUT,
  PORTS,
  rule,
  rules,
  TABLE,
} from './testing/listing.ts';

const L4PROTO = { meta: { key: 'l4proto' } };

describe('one rule', () => {
  const ACCEPT = { accept: null };
  it.each<[string, object[], string[]]>([
    ['a uid', [match({ meta: { key: 'skuid' } }, { range: [1001, 1010] })], ['skuid 1001-1010']],
    [
      'an address asks for its family',
      [match(DADDR, { prefix: { addr: '10.0.0.0', len: 8 } }, '!=')],
      ['nfproto 4; not daddr 167772160-184549375'],
    ],
    [
      'a port asks for its protocol',
      [match(DPORT, { set: [22, { range: [80, 90] }] })],
      ['l4proto 6; dport 22,80-90'],
    ],
    ['an order', [match(DPORT, 1024, '>=')], ['l4proto 6; dport 1024-65535']],
    ['an order of masked numbers', [match({ '&': [MARK, 255] }, 5, '>')], ['mark&255 6-255']],
    [
      'icmp',
      [match({ payload: { protocol: 'icmp', field: 'type' } }, 'echo-request')],
      ['nfproto 4; l4proto 1; icmpType 8'],
    ],
    [
      'icmpv6',
      [match({ payload: { protocol: 'icmpv6', field: 'type' } }, { set: ['nd-redirect', 200] })],
      ['nfproto 6; l4proto 58; icmpType 137,200'],
    ],
    [
      'ip protocol',
      [match({ payload: { protocol: 'ip', field: 'protocol' } }, 'tcp', '!=')],
      ['nfproto 4; not l4proto 6'],
    ],
    ['tcp flags, any of them', [match(FLAGS, ['syn', 'ack'], 'in')], ['l4proto 6; tcpFlags&18 1-18']],
    [
      'tcp flags under a mask',
      [match({ '&': [FLAGS, ['fin', 'syn', 'rst', 'ack']] }, 'syn')],
      ['l4proto 6; tcpFlags&23 2'],
    ],
    [
      'ct state, any of them',
      [match({ ct: { key: 'state' } }, ['established', 'related'], 'in')],
      ['ctState 2,4'],
    ],
    [
      'ct state, none of them',
      [match({ ct: { key: 'state' } }, ['established', 'related'], '!')],
      ['not ctState 2,4'],
    ],
    [
      'ct status asks for a connection',
      [match({ ct: { key: 'status' } }, 'dnat', 'in')],
      ['ctState 2,4,8; ctStatus&32 1-32'],
    ],
    ['a mark with bits turned over', [match({ '|': [MARK, 255] }, 511)], ['mark&4294967040 256']],
    ['a mark shifted', [match({ '>>': [MARK, 8] }, 5)], ['mark&4294967040 1280-1535']],
    [
      'interfaces',
      [match({ meta: { key: 'oifname' } }, { set: ['lo', 'eth*'] }, '!=')],
      ['not oifname lo,eth*'],
    ],
    ['the type of lo', [match({ meta: { key: 'iiftype' } }, 'loopback')], ['iifname lo']],
    [
      'an ether type',
      [match({ meta: { key: 'protocol' } }, { set: ['ip6', 'arp', 0x0800] })],
      ['nfproto 4,6'],
    ],
    [
      'a type of address',
      [match({ fib: { result: 'type', flags: ['daddr'] } }, { set: ['local', 'multicast'] })],
      ['fibDaddrType 2,5'],
    ],
    [
      'a rate',
      [{ limit: { rate: 5, burst: 5, per: 'second', inv: true } }],
      ['may (false) limit rate over 5/second'],
    ],
    ['a number of connections', [{ 'ct count': { val: 10 } }], ['may (true) ct count 10']],
    [
      'a route back',
      [match({ fib: { result: 'oif', flags: ['saddr', 'mark', 'iif'] } }, false)],
      ['may (false) fib saddr . mark . iif oif missing'],
    ],
    ['notrack', [{ notrack: null }], ['notrack']],
    [
      'a mark with bits kept',
      [{ mangle: { key: MARK, value: { '|': [{ '&': [MARK, 65296] }, 16] } } }],
      ['mark = &65280 ^16'],
    ],
    [
      'a mark of the connection',
      [{ mangle: { key: MARK, value: { '^': [{ '&': [{ ct: { key: 'mark' } }, 240] }, 1] } } }],
      ['mark = &0 ^ ctMark&240; mark = &4294967295 ^1'],
    ],
    [
      'a mark that may be anything',
      [{ mangle: { key: MARK, value: { '<<': [MARK, 2] } } }],
      ['unmodelledVerdict meta mark set meta mark << 2'],
    ],
    [
      'a header that decides nothing',
      [{ mangle: { key: { payload: { protocol: 'ip', field: 'ttl' } }, value: 5 } }],
      ['nfproto 4'],
    ],
    [
      'a new address',
      [{ mangle: { key: DADDR, value: '10.0.0.9' } }],
      ['nfproto 4; unmodelledVerdict ip daddr set 10.0.0.9'],
    ],
    ['a reject for IPv4', [{ reject: { type: 'icmp', expr: 'host-unreachable' } }], ['nfproto 4; reject']],
    ['a reset', [{ reject: { type: 'tcp reset' } }], ['l4proto 6; unmodelled reject with tcp reset; reject']],
    [
      'icmp, for which nft leaves out that a rule is for IPv4',
      [match(L4PROTO, 'icmp')],
      ['nfproto 4; l4proto 1', 'nfproto 6; unmodelled meta l4proto icmp; l4proto 1'],
    ],
    [
      'icmpv6, and bytes that may be no port',
      [match(L4PROTO, 58), match(ANY_DPORT, 53)],
      [
        `nfproto 6; l4proto 58; ${PORTS}; dport 53`,
        `nfproto 6; l4proto 58; ${NO_PORTS}; may (false) th dport 53`,
        `nfproto 4; unmodelled meta l4proto 58; l4proto 58; ${PORTS}; dport 53`,
        `nfproto 4; unmodelled meta l4proto 58; l4proto 58; ${NO_PORTS}; may (false) th dport 53`,
      ],
    ],
    [
      'icmp behind a family',
      [match({ meta: { key: 'nfproto' } }, 'ipv6'), match(L4PROTO, 'icmp')],
      ['nfproto 6; l4proto 1'],
    ],
    ['icmp among others', [match(L4PROTO, { set: ['icmp', 'tcp'] })], ['l4proto 1,6']],
    ['all but icmp', [match(L4PROTO, 'icmp', '!=')], ['not l4proto 1']],
    ['a protocol of both families', [match(L4PROTO, 'tcp')], ['l4proto 6']],
    [
      'the protocol of a connection, for which nft leaves out either family',
      [match({ ct: { key: 'protocol' } }, 'tcp')],
      ['ctState 2,4,8; unmodelled ct protocol tcp; l4proto 6'],
    ],
    [
      'protocols of connections',
      [match({ ct: { key: 'protocol' } }, { set: ['tcp', 'udp'] })],
      ['ctState 2,4,8; l4proto 6,17'],
    ],
    [
      'a reset of several protocols',
      [match({ meta: { key: 'l4proto' } }, { set: [6, 17] }), { reject: { type: 'tcp reset' } }],
      ['l4proto 6,17; unmodelled reject with tcp reset; reject'],
    ],
    ['a queue', [{ queue: { num: 1 } }], ['unmodelledVerdict queue to 1']],
    ['a statement of tomorrow', [{ teleport: { to: 'moon' } }], ['unmodelledVerdict teleport']],
    ['a field of tomorrow', [match({ meta: { key: 'mood' } }, 'good')], ['unmodelled meta mood good']],
    ['a word of tomorrow', [match({ meta: { key: 'l4proto' } }, 'hyper')], ['unmodelled meta l4proto hyper']],
    ['an operator of tomorrow', [match(DPORT, 5, '~')], ['l4proto 6; unmodelled tcp dport ~ 5']],
    [
      'a statement that nft prints as text',
      ['update @m { ip saddr : 5 }' as unknown as object],
      ['unmodelled update @m { ip saddr : 5 }'],
    ],
    [
      'bytes that may be no port',
      [match(ANY_DPORT, 53)],
      [`${PORTS}; dport 53`, `${NO_PORTS}; may (false) th dport 53`],
    ],
    [
      'and not when the rule says which protocol',
      [match({ meta: { key: 'l4proto' } }, { set: ['tcp', 'udp'] }), match(ANY_DPORT, 53)],
      [`l4proto 6,17; ${PORTS}; dport 53`],
    ],
    [
      'or its elements do',
      [match({ concat: [{ meta: { key: 'l4proto' } }, ANY_DPORT] }, { set: [{ concat: ['udp', 53] }] })],
      [`${PORTS}; l4proto 17 + dport 53`],
    ],
    [
      'any bytes but one',
      [match(ANY_DPORT, 53, '!=')],
      [`${PORTS}; not dport 53`, `${NO_PORTS}; may (true) th dport != 53`],
    ],
  ])('%s', (_, statements, expected) => {
    const result = readNft(listing(TABLE, OUTPUT, rule(...statements, ACCEPT)));
    expect(rules(result)).toEqual(expected.map((text) => `${text}; accept`));
  });

  it('keeps handle and comment, and numbers its rules', () => {
    const commented = { rule: { ...(rule({ accept: null }) as { rule: object }).rule, comment: 'why' } };
    const read = chain(readNft(listing(TABLE, OUTPUT, commented, rule({ drop: null })))).rules;
    expect(read.map(({ handle, text }) => [handle, text])).toEqual([
      [7, 'accept comment "why"'],
      [7, 'drop'],
    ]);
    expect(new Set(read.map(({ id }) => id)).size).toBe(2);
  });
});

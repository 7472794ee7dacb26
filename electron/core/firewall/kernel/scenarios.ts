import { randomSave } from './iptables-rules.ts';
import { nftTerm, type Place } from './nft-terms.ts';
import type { Random } from './random.ts';
import type { RuleParts, SaveText, TableText } from './rule-sets.ts';
import { PORTS } from './setting.ts';

/**
 * Rules that build on each other, which chance alone seldom makes: one rule changes something of the packet, a later one asks
 * for it. What is asked, and of which packets, is left to chance.
 */

interface Link {
  /** Hook, type and priority of the chain that changes, and of the one that asks. */
  readonly first: string;
  readonly second: string;
  readonly change: readonly RuleParts[];
  readonly ask: readonly RuleParts[];
  /** A chain between the two. */
  readonly between?: { readonly base: string; readonly rules: readonly RuleParts[] };
}

const VERDICTS = ['drop', 'drop', 'reject', 'accept'];

function term(random: Random, hook: string): string[] {
  const place: Place = { family: 'inet', hook };
  return random.chance(0.35) ? [] : [nftTerm(random, place)];
}

const filterAt = (hook: string, priority: number) =>
  `{ type filter hook ${hook} priority ${priority}; policy accept; }`;

function markLink(random: Random): Link {
  // Marks that share bits, so that or, xor and and differ.
  const [mark, other] = random.some([1, 3, 0x13, 0xff], 2, 2) as [number, number];
  const field = random.pick(['meta mark', 'ct mark']);
  const early = field === 'ct mark' ? -150 : random.pick([-300, -150, -10]);
  const late = random.pick(['output', 'postrouting']);
  return {
    first: filterAt('output', early),
    second: filterAt(late, 20),
    change: [
      [...term(random, 'output'), `${field} set ${mark}`],
      [
        ...term(random, 'output'),
        random.pick([
          `${field} set ${field} xor ${other}`,
          `${field} set ${field} or ${other}`,
          `${field} set ${field} and ${other}`,
        ]),
      ],
    ],
    ask: [
      [
        `${field} ${random.pick(['', '!= '])}${random.pick([mark, mark | other, mark ^ other, mark & other])}`,
        random.pick(VERDICTS),
      ],
      [
        `${field} and ${random.pick([1, 2, 3, 0x10])} ${random.pick(['==', '!='])} ${random.pick([0, 1, 2])}`,
        random.pick(VERDICTS),
      ],
    ],
  };
}

function carriedMarkLink(random: Random): Link {
  return {
    first: filterAt('output', -100 - random.below(60) - 1),
    second: filterAt('postrouting', 30),
    change: [
      [...term(random, 'output'), `meta mark set ${random.pick([1, 2, 3])}`],
      ['ct mark set meta mark'],
      [...term(random, 'output'), 'meta mark set 0'],
    ],
    ask: [
      ['meta mark 0', 'meta mark set ct mark'],
      [`meta mark ${random.pick([1, 2, 3])}`, random.pick(VERDICTS)],
    ],
  };
}

/** Marks of a connection where another packet of it may come by, and where it is asked for (evaluate/companions.ts). */
function sharedMarkLink(random: Random): Link {
  const hook = random.pick(['output', 'input', 'prerouting', 'postrouting']);
  const late = random.pick(['forward', 'postrouting', 'postrouting']);
  return {
    first: filterAt(hook, random.pick([-150, 40])),
    second: filterAt(late, 30),
    change: [[...term(random, hook), random.pick(['ct mark set 2', 'ct mark set ct mark or 2'])]],
    ask: [
      random.pick([
        [`ct mark ${random.pick(['', '!= '])}2`, ...term(random, late), random.pick(VERDICTS)],
        ['meta mark set ct mark'],
        [random.pick(['ct status confirmed', 'ct status != confirmed']), random.pick(VERDICTS)],
      ]),
      [`meta mark ${random.pick(['', '!= '])}2`, ...term(random, late), random.pick(VERDICTS)],
    ],
  };
}

function trackingLink(random: Random): Link {
  const hook = random.pick(['output', 'prerouting']);
  const states = ['untracked', 'new', 'invalid'];
  return {
    // Before connection tracking, at its heels, and too late.
    first: filterAt(hook, random.pick([-300, -250, -190, -150])),
    second: filterAt(hook === 'output' ? random.pick(['output', 'postrouting']) : 'input', 10),
    change: [
      [...term(random, hook), 'notrack'],
      [
        `ct state ${random.pick(['new', 'invalid'])}`,
        ...term(random, hook),
        random.pick(['drop', 'notrack', 'accept']),
      ],
    ],
    ask: [
      [
        random.pick(['icmpv6 type { 135, 143 }', 'icmp type != 8', 'icmpv6 type != 128']),
        `ct state ${random.pick(states)}`,
        random.pick(VERDICTS),
      ],
      [`ct state ${random.pick(states)}`, random.pick(VERDICTS)],
      [
        `ct state ${random.pick(['', '!= '])}${random.pick(states)}`,
        ...term(random, hook),
        random.pick(VERDICTS),
      ],
      [
        random.pick(['ct mark 0', 'ct direction original', 'ct mark != 5', 'ct status != dnat']),
        random.pick(VERDICTS),
      ],
    ],
  };
}

function natLink(random: Random): Link {
  const version = random.pick([4, 6] as const);
  const word = version === 4 ? 'ip' : 'ip6';
  const hook = random.pick(['output', 'prerouting']);
  const target = random.pick(
    version === 4
      ? ['10.1.0.7', '172.16.3.3', '9.9.9.9', '10.2.0.1']
      : ['fd01::7', 'fd10::3', '2001:db8:9::9', 'fd02::1'],
  );
  const port = random.pick(PORTS);
  const withPort = version === 4 ? `${target}:${port}` : `[${target}]:${port}`;
  const change = random.pick([
    `dnat ${word} to ${target}`,
    `meta l4proto udp dnat ${word} to ${withPort}`,
    'redirect',
    `meta l4proto tcp redirect to :${port}`,
  ]);
  const late =
    hook === 'output'
      ? random.pick(['output', 'postrouting'])
      : random.pick(['forward', 'input', 'postrouting']);
  const asked = [
    `${word} daddr ${target}`,
    `${word} daddr != ${target}`,
    'ct status dnat',
    `oifname ${random.pick(['"eth0"', '"eth1"', '"wan0"', '"lo"'])}`,
    `iifname != ${random.pick(['"eth0"', '"lo"'])}`,
    'fib daddr type local',
    `udp dport ${port}`,
  ];
  return {
    first: `{ type nat hook ${hook} priority ${random.pick([-100, -90, -110])}; policy accept; }`,
    second: filterAt(late, 10),
    change: [
      [
        `meta nfproto ipv${version}`,
        ...(random.chance(0.4) ? [nftTerm(random, { family: word, hook })] : []),
        change,
      ],
      [`meta nfproto ipv${version}`, random.pick([`dnat ${word} to ${target}`, 'accept', 'drop'])],
    ],
    between: {
      base: `{ type nat hook ${hook} priority -80; policy accept; }`,
      rules: random.chance(0.5) ? [[...term(random, hook), 'drop']] : [],
    },
    ask: random
      .some(asked, 2, 3)
      .map((question) => [
        question,
        ...(random.chance(0.3) ? term(random, late) : []),
        random.pick(VERDICTS),
      ]),
  };
}

function sourceLink(random: Random): Link {
  const version = random.pick([4, 6] as const);
  const word = version === 4 ? 'ip' : 'ip6';
  const address = version === 4 ? '10.2.0.1' : 'fd02::1';
  return {
    first: '{ type nat hook postrouting priority 100; policy accept; }',
    second: filterAt('postrouting', 150),
    change: [
      [
        ...(random.chance(0.4) ? [nftTerm(random, { family: word, hook: 'postrouting' })] : []),
        random.pick([`snat ${word} to ${address}`, 'masquerade']),
      ],
    ],
    ask: [
      [
        `${word} saddr ${random.pick(['', '!= '])}${random.pick([address, version === 4 ? '198.51.100.2' : '2001:db8:1::2'])}`,
        random.pick(VERDICTS),
      ],
      [
        random.pick([
          'ct status snat',
          'ct status != snat',
          `iifname ${random.pick(['"eth0"', '"wan0"', '"eth1"'])}`,
        ]),
        random.pick(VERDICTS),
      ],
    ],
  };
}

/** Chains of one table and one priority: the newest runs first. */
function sameLink(random: Random): Link {
  const hook = random.pick(['output', 'input', 'postrouting']);
  return {
    first: filterAt(hook, 0),
    second: filterAt(hook, 0),
    change: [[...term(random, hook), 'meta mark set 7']],
    ask: [
      [`meta mark ${random.pick(['', '!= '])}7`, ...term(random, hook), random.pick(VERDICTS)],
      ['meta mark set 7'],
    ],
  };
}

/** What comes back by lo, and what comes in, by what is known there. */
function arrivalLink(random: Random): Link {
  const hook = random.pick(['input', 'prerouting', 'forward']);
  const asked = [
    'meta skuid != 0',
    'meta skuid 0-4294967294',
    `iifname ${random.pick(['', '!= '])}${random.pick(['"lo"', '"eth0"', '"e*"'])}`,
    `oifname ${random.pick(['', '!= '])}${hook === 'forward' ? random.pick(['"eth0"', '"wan0"']) : '"lo"'}`,
    `fib daddr type ${random.pick(['local', 'multicast', 'broadcast', 'unicast'])}`,
    `fib saddr type ${random.pick(['local', 'unicast'])}`,
    `meta pkttype ${random.pick(['host', 'multicast', 'broadcast'])}`,
    'ct state new',
    `meta mark ${random.pick(['', '!= '])}4`,
    `${random.pick(['ct status confirmed', 'ct status != confirmed'])}`,
  ];
  return {
    first: filterAt('output', -150),
    second: filterAt(hook, random.pick([-300, -150, 0])),
    change: [[...term(random, 'output'), 'meta mark set 4']],
    ask: [...random.some(asked.slice(0, 2), 0, 1), ...random.some(asked.slice(2), 1, 3)].map((question) => [
      question,
      ...(random.chance(0.3) ? term(random, hook) : []),
      random.pick(VERDICTS),
    ]),
  };
}

/** ICMP of each kind, and what connection tracking makes of it. */
function icmpLink(random: Random): Link {
  const hook = random.pick(['output', 'input', 'prerouting', 'forward']);
  const kinds = [
    'icmpv6 type { 135, 143 }',
    'icmpv6 type 135',
    'icmpv6 type { 1, 129 }',
    'icmp type { 0, 3 }',
    'icmp type 13',
  ];
  return {
    first: filterAt(hook, -150),
    second: filterAt(hook, 0),
    change: [[...term(random, hook), 'ct mark set 4']],
    ask: random
      .some(kinds, 2, 3)
      .map((kind) => [
        kind,
        `ct state ${random.pick(['', '!= '])}${random.pick(['untracked', 'invalid', 'new'])}`,
        random.pick(VERDICTS),
      ]),
  };
}

/** What kind of destination it is, where it leaves and where it arrives. */
function typeLink(random: Random): Link {
  const types = ['local', 'multicast', 'broadcast', 'unicast'];
  const hook = random.pick(['output', 'postrouting', 'prerouting', 'input']);
  return {
    first: filterAt(hook, -150),
    second: filterAt(hook, 0),
    change: [[...term(random, hook), 'meta mark set 4']],
    ask: [
      [
        `fib daddr type ${random.pick(['', '!= '])}${random.pick(types)}`,
        ...term(random, hook),
        random.pick(VERDICTS),
      ],
      [
        `meta pkttype ${random.pick(['', '!= '])}${random.pick(['host', 'multicast', 'broadcast'])}`,
        random.pick(VERDICTS),
      ],
    ],
  };
}

const LINKS = [
  markLink,
  carriedMarkLink,
  sharedMarkLink,
  trackingLink,
  natLink,
  sourceLink,
  sameLink,
  arrivalLink,
  typeLink,
  icmpLink,
];

/** A table of family inet in which one chain asks for what another changed. */
export function randomScenario(random: Random, index: number): TableText {
  const link = random.pick(LINKS)(random);
  const name = `inet s${index}`;
  const shuffled = random.chance(0.5);
  const rejects = /hook (input|forward|output)/.test(link.second);
  const rules = link.ask.map((rule) => rule.map((part) => (part === 'reject' && !rejects ? 'drop' : part)));
  const chains = [
    { name: 'first', base: link.first, rules: link.change },
    ...(link.between ? [{ name: 'between', ...link.between }] : []),
    { name: 'second', base: link.second, rules },
  ];
  return { name, sets: [], chains: shuffled ? chains.toReversed() : chains };
}

/** For rule sets of iptables: tables that mark, do not track, or translate, and a filter that asks for it. */
export function savedScenario(random: Random, backend: 'nft' | 'legacy', version: 4 | 6): SaveText {
  const base = randomSave(random, backend, version);
  const wanted = random.pick([
    {
      table: 'mangle',
      line: ['-j MARK --set-mark 0x1'],
      ask: ['-m mark --mark 0x1', '-m mark ! --mark 0x1/0x3'],
    },
    {
      table: 'mangle',
      line: ['-j CONNMARK --set-mark 0x2'],
      ask: ['-m connmark --mark 0x2', '-m connmark ! --mark 0x2/0x2'],
    },
    {
      table: 'raw',
      line: ['-j CT --notrack'],
      ask: ['-m conntrack --ctstate UNTRACKED', '-m conntrack ! --ctstate NEW'],
    },
  ]);
  const owner = `-m owner ${random.pick(['', '! '])}--uid-owner ${random.pick(['1000-1002', '0', '1001', '100000-165535'])}`;
  const tables = base.tables.filter(({ name }) => name !== wanted.table && name !== 'filter');
  const target = random.pick(['-j DROP', '-j REJECT', '-j ACCEPT']);
  return {
    ...base,
    tables: [
      ...tables,
      {
        name: wanted.table,
        sets: [],
        chains: [{ name: 'OUTPUT', base: 'ACCEPT', rules: [[owner, ...wanted.line]] }],
      },
      {
        name: 'filter',
        sets: [],
        chains: [
          {
            name: 'OUTPUT',
            base: random.pick(['ACCEPT', 'ACCEPT', 'DROP']),
            rules: [
              [random.pick(wanted.ask), target],
              ['-m owner --uid-owner 1001', random.pick(['-j ACCEPT', '-j DROP'])],
            ],
          },
        ],
      },
    ],
  };
}

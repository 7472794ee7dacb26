import { describe, expect, it } from 'vitest';
import type { BootRules } from '#shared/domain/facts/network.ts';
import { effectsOf } from './effects.ts';
import { momentsOf } from './lasting.ts';

type Loader = BootRules['loaders'][number];

const loader = (unit: string, more: Partial<Loader> = {}): Loader => ({
  unit,
  enabled: true,
  active: true,
  files: [`/etc/${unit}`],
  after: [],
  restartsWith: [],
  reloadsWith: [],
  requiredBy: [],
  ...more,
});

const listing = (family: string, name: string) =>
  JSON.stringify({
    nftables: [
      { metainfo: { json_schema_version: 1 } },
      { table: { family, name, handle: 1 } },
      {
        chain: {
          family,
          table: name,
          name: 'c',
          handle: 1,
          type: 'filter',
          hook: 'output',
          prio: 0,
          policy: 'drop',
        },
      },
    ],
  });

const file = (unit: string, table: string, text = '') => ({
  path: `/etc/${unit}`,
  language: 'nft' as const,
  family: null,
  text,
  loaded: listing('inet', table),
  problem: null,
});

const names = (boot: BootRules) =>
  momentsOf(boot).map(({ when, tables, doubts }) => [when, tables.map((table) => table.name), doubts]);

it.each([
  ['flush ruleset\n', 6],
  ['#!/usr/sbin/nft -f\n\n  flush   ruleset;\n', 6],
  ['table inet a { }; flush ruleset\n', 6],
  ['flush ruleset inet\n', 1],
  ['# flush ruleset\n', 0],
  ['flush table inet a\n', 0],
  ['define x = "#"; flush ruleset\n', 6],
  ['flush \\\n ruleset\n', 6],
  ['# a \\\nflush ruleset\n', 6],
  ['define x = "; flush ruleset"\n', 0],
])('knows which families %j erases', (text, count) => {
  expect(effectsOf(text).families.size).toBe(count);
});

it('loads units in the order that they name', () => {
  const boot = {
    loaders: [loader('b', { after: ['a'] }), loader('a')],
    files: [file('a', 'ta', 'flush ruleset\n'), file('b', 'tb')],
    elsewhere: [],
  };
  expect(names(boot)).toEqual([
    ['after a reboot', ['ta', 'tb'], []],
    ['after a reload of a', ['ta'], []],
    ['after a restart of a', ['ta'], []],
  ]);
});

it('takes the worse of two orders where none is named, and says so', () => {
  const boot = {
    loaders: [loader('a'), loader('b')],
    files: [file('a', 'ta', 'flush ruleset\n'), file('b', 'tb')],
    elsewhere: [],
  };
  const [reboot] = momentsOf(boot);
  expect(reboot?.tables.map((table) => table.name)).toEqual(['ta']);
  expect(reboot?.because).toBe('b may run before a, which erases what it loaded');
});

it('lets tables of other families outlive a flush of one', () => {
  const boot = {
    loaders: [loader('b', { after: ['a'] }), loader('a')],
    files: [file('a', 'ta', 'flush ruleset ip6\n'), file('b', 'tb')],
    elsewhere: [],
  };
  expect(names(boot)).toEqual([
    ['after a reboot', ['ta', 'tb'], []],
    ['after a reload of a', ['tb', 'ta'], []],
    ['after a restart of a', ['tb', 'ta'], []],
  ]);
});

it('has doubts about a file that was not read, that several have a part in, or of which the text is not known', () => {
  const unread = { ...file('a', 'ta'), loaded: null, problem: 'nft refuses to load it' };
  const doubtsOf = (files: BootRules['files'], loaders = [loader('a')]) =>
    momentsOf({ loaders, files, elsewhere: [] })[0]?.doubts;
  expect(doubtsOf([unread])).toEqual(['/etc/a: nft refuses to load it']);
  expect(doubtsOf([{ ...file('a', 'ta'), text: null }])).toHaveLength(1);
  expect(doubtsOf([])).toEqual(['/etc/a was not looked at']);
  expect(doubtsOf([{ ...unread, problem: 'there is no such file' }])).toEqual([]);
  expect(doubtsOf([file('a', 't'), file('b', 't')], [loader('a'), loader('b', { after: ['a'] })])).toEqual([
    'table inet t is in several files',
  ]);
});

it('leaves out what is not started', () => {
  const boot = {
    loaders: [loader('a', { enabled: false, active: false })],
    files: [file('a', 'ta', 'flush ruleset\n')],
    elsewhere: [],
  };
  expect(names(boot)).toEqual([['after a reboot', [], []]]);
});

it('names the file that another one includes, as what it may erase is not known', () => {
  const boot = {
    loaders: [loader('b'), loader('a', { after: ['b'] })],
    files: [file('a', 'ta', 'include "/etc/nftables.d/*.nft"\n'), file('b', 'tb')],
    elsewhere: [],
  };
  const [reboot] = momentsOf(boot);
  expect(reboot?.tables.map(({ name }) => name)).toEqual(['ta']);
  expect(reboot?.maybe).toEqual(['/etc/a: it includes "/etc/nftables.d/*.nft", which was not read']);
});

describe('commands of a unit', () => {
  const SAVE = {
    path: '/etc/iptables/rules.v4',
    language: 'iptables-save' as const,
    family: 4 as const,
    text: '*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT DROP\n-A OUTPUT -m owner --uid-owner 1001 -j DROP\nCOMMIT\n',
    loaded: null,
    problem: null,
  };
  const persistent = loader('netfilter-persistent', {
    files: [SAVE.path],
    starts: ['/usr/sbin/netfilter-persistent start'],
  });
  const cleaner = (...starts: string[]) =>
    loader('cleaner', { files: [], after: ['netfilter-persistent', 'b'], starts });
  const afterReboot = (...loaders: Loader[]) => {
    const [moment] = momentsOf({ loaders, files: [file('b', 'tb'), SAVE], elsewhere: [] });
    return {
      tables: moment?.tables.map(({ name, chains }) => [
        name,
        [...chains.values()].reduce((sum, chain) => sum + chain.rules.length, 0),
      ]),
      doubts: moment?.doubts,
      maybe: moment?.maybe,
    };
  };
  const both = [loader('b'), persistent];
  const kept = [
    ['tb', 0],
    ['filter', 1],
  ];

  it.each([
    ['/usr/sbin/nft flush ruleset', [], 0],
    ['/usr/sbin/nft flush ruleset inet', [['filter', 1]], 0],
    ['/bin/sh -c nft flush ruleset; true', [], 0],
    ['/bin/sh -c true && /usr/sbin/nft flush ruleset', [], 0],
    [
      '/usr/sbin/iptables -F',
      [
        ['tb', 0],
        ['filter', 0],
      ],
      0,
    ],
    [
      '/usr/sbin/iptables -w --flush -t filter',
      [
        ['tb', 0],
        ['filter', 0],
      ],
      0,
    ],
    ['/usr/sbin/iptables -t nat -F', kept, 0],
    ['/usr/sbin/ip6tables -F', kept, 0],
    ['/usr/sbin/iptables -L', kept, 0],
    ['/usr/sbin/nft -a list ruleset', kept, 0],
    ['/usr/bin/dockerd --iptables=false', kept, 0],
    ['/usr/sbin/iptables -F OUTPUT', [['tb', 0]], 1],
    ['/usr/sbin/iptables -I OUTPUT -j ACCEPT', [['tb', 0]], 1],
    ['/usr/sbin/nft delete table inet tb', [['filter', 1]], 0],
  ])('erase at its start what %s erases', (command, tables, maybe) => {
    const found = afterReboot(...both, cleaner(command));
    expect(found.tables).toEqual(tables);
    expect(found.doubts).toEqual([]);
    expect(found.maybe).toHaveLength(maybe);
  });

  it('that are not followed leave open what is there, and erase nothing for certain', () => {
    const shell = afterReboot(...both, cleaner('/usr/sbin/nft $FLUSH ruleset; nft delete table $X'));
    expect(shell.maybe).not.toEqual([]);
    const adds = afterReboot(loader('own', { files: [], starts: ['/usr/sbin/iptables -A OUTPUT -j DROP'] }));
    expect(adds).toEqual({
      tables: [],
      doubts: [],
      maybe: ['own makes rules in table ip filter by commands, which are not followed'],
    });
  });

  it('run in their order among the files that it loads', () => {
    const load = `/usr/sbin/nft -f /etc/b`;
    const flush = '/usr/sbin/nft flush ruleset';
    expect(afterReboot(loader('b', { starts: [flush, load] })).tables).toEqual([['tb', 0]]);
    expect(afterReboot(loader('b', { starts: [load, flush] })).tables).toEqual([]);
    expect(afterReboot(loader('b', { starts: [`/bin/sh -c ${flush}; ${load}`] })).tables).toEqual([
      ['tb', 0],
    ]);
    expect(
      afterReboot({ ...persistent, starts: [flush, '/usr/sbin/netfilter-persistent start'] }).tables,
    ).toEqual([['filter', 1]]);
  });

  it('take away at a restart what others loaded', () => {
    const moments = momentsOf({
      loaders: [
        loader('b', { after: ['cleaner'] }),
        { ...cleaner('/usr/sbin/nft flush ruleset'), after: [] },
      ],
      files: [file('b', 'tb')],
      elsewhere: [],
    });
    expect(moments.map(({ when, tables }) => [when, tables.length])).toEqual([
      ['after a reboot', 1],
      ['after a reload of cleaner', 1],
      ['after a restart of cleaner', 0],
    ]);
  });
});

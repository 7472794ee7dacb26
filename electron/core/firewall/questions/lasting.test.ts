import { expect, it } from 'vitest';
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refused } from '../refused.ts';
import { sha256Of } from '../testing/snapshot.ts';
import { guardChains } from './chains-guard.ts';
import { guardTable } from './nft-guard.ts';
import { withoutLines } from './remove-lines.ts';

const own = { family: 'inet', name: 'swarmkeep_x' };
const table = (inner: string) => `table inet swarmkeep_x {\n${inner}\n}`;

describe('the guard of nft text', () => {
  it.each([
    table('chain o { type filter hook output priority 0; policy accept; }'),
    `add table inet swarmkeep_x\ndelete table inet swarmkeep_x\n${table('set s { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 } }')}`,
    table('chain o {\n# a comment } with a brace\nlog prefix "swarm } keep # " counter\n}'),
    `destroy table inet swarmkeep_x; ${table('')}`,
  ])('takes our own table: %j', (text) => {
    expect(() => guardTable(text, own)).not.toThrow();
  });

  it.each([
    '',
    'flush ruleset',
    `flush ruleset\n${table('')}`,
    `${table('')}\ndelete table inet other`,
    `${table('')}\ntable inet other { }`,
    table('} table inet other { chain c { }'),
    table('include "/etc/x"'),
    `define x = 1\n${table('')}`,
    `${table('')} add rule inet other c drop`,
    `${table('')}\nadd rule inet swarmkeep_x o drop`,
    'table ip swarmkeep_x { }',
    table('log prefix "a\n}\nflush ruleset\n"'),
    table('\\'),
    `# x\\\n${table('')}`,
    `${table('')}\u2028flush ruleset`,
    table('chain o {'),
    `${table('')}\n${table('')}`,
    'delete table inet swarmkeep_x',
  ])('refuses %j', (text) => {
    expect(() => guardTable(text, own)).toThrow(Refused);
  });

  it('answers every text at once, by yes or by a refusal', () => {
    const words = fc.constantFrom(
      'table',
      'inet',
      'swarmkeep_x',
      'other',
      '{',
      '}',
      '"',
      '#',
      '\n',
      ';',
      'flush',
      'ruleset',
      'include',
      '\\',
      'x',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const text = parts.join(' ');
        try {
          guardTable(text, own);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Refused);
          return;
        }
        // What is taken names no other table outside of quotes and comments.
        const bare = text.replaceAll(/"[^"]*"/g, '').replaceAll(/#.*$/gm, '');
        expect(bare).not.toMatch(/flush|include|table (?!inet swarmkeep_x)/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the guard of iptables text', () => {
  const good = [
    '*filter',
    ':SWARMKEEP_OUT - [0:0]',
    '-A SWARMKEEP_OUT -m owner --uid-owner 5 -m comment --comment "a b" -j DROP',
    '-I OUTPUT 1 -j SWARMKEEP_OUT',
    'COMMIT',
  ];
  const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

  it('takes our own chains', () => {
    expect(guardChains(text(good)).tables).toMatchObject([{ table: 'filter', chains: ['SWARMKEEP_OUT'] }]);
  });

  it.each([
    '-F',
    '-F OUTPUT',
    '-P OUTPUT DROP',
    ':OUTPUT DROP [0:0]',
    ':OTHER - [0:0]',
    '-A OUTPUT -j DROP',
    '-A OUTPUT -p tcp -j SWARMKEEP_OUT',
    '-I OUTPUT 1 -j SWARMKEEP_OUT',
    '-A SWARMKEEP_OUT -j OTHER',
    '-A SWARMKEEP_OUT -jOTHER',
    '-A SWARMKEEP_OUT --jump=OTHER',
    '-A SWARMKEEP_OUT -t nat -j DROP',
    '-A SWARMKEEP_OUT --modprobe=/x -j DROP',
    '-A SWARMKEEP_OUT --modprob=/x -j DROP',
    '-A SWARMKEEP_OUT --modprob /x -j DROP',
    '-A SWARMKEEP_OUT --jum OTHER',
    '-A SWARMKEEP_OUT --got OTHER',
    '-A SWARMKEEP_OUT --tab nat -j DROP',
    '-A SWARMKEEP_OUT -gOTHER',
    '-A SWARMKEEP_OUT -m comment --comment "x -j DROP',
    '-A SWARMKEEP_OUT "-j" "OTHER"',
    '-A SWARMKEEP_OUT -j "OTHER"',
    '-A SWARMKEEP_OUT "-t" "nat" -j DROP',
    '-A SWARMKEEP_OUT "--modprobe=/x" -j DROP',
    '-A SWARMKEEP_OUT --comment "x" "-j" OTHER',
    '-A SWARMKEEP_OUT --comment "x"-j OTHER',
    '-A SWARMKEEP_OUT -j""OTHER',
    '-A SWARMKEEP_OUT --comment "--comment" "-j" OTHER',
    '-D OUTPUT 1',
    '*filter',
    '*nat',
    'COMMIT',
    '-A SWARMKEEP_NONE -j DROP',
  ])('refuses a text with %j in it', (line) => {
    expect(() => guardChains(text([...good.slice(0, 4), line, 'COMMIT']))).toThrow(Refused);
  });

  it.each([
    ['no end', text(good.slice(0, 4))],
    ['nothing', ''],
    ['a control character', text(good).replace('DROP', 'DROP\r')],
  ])('refuses %s', (_name, bad) => {
    expect(() => guardChains(bad)).toThrow(Refused);
  });
});

describe('taking lines out by their hashes', () => {
  it('leaves every other byte as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 12 }),
        fc.nat(),
        (parts, pick) => {
          const lines = parts.map((part) => Buffer.from(part.filter((byte) => byte !== 0x0a)));
          const gone = lines[pick % lines.length] ?? Buffer.alloc(0);
          const whole = Buffer.concat(lines.map((line) => Buffer.concat([line, Buffer.from('\n')])));
          const kept = Buffer.concat(
            lines
              .filter((line) => !line.equals(gone))
              .map((line) => Buffer.concat([line, Buffer.from('\n')])),
          );
          expect(withoutLines(whole, [sha256Of(gone)])).toEqual({ rest: kept, found: 1 });
        },
      ),
    );
  });
});

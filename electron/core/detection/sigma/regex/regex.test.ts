import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sample } from '../examples.ts';
import { LazyAutomaton } from './lazy-automaton.ts';
import { testLookingAround } from './look-around.ts';
import { regexMatcher } from './matcher.ts';
import { compileRegex } from './program.ts';
import { requiredTexts } from './required-text.ts';
import { parseRegex } from './syntax.ts';

const FLAGS = { ignoreCase: false, multiline: false, dotAll: false };
const programOf = (source: string, flags = FLAGS) => compileRegex(parseRegex(source, flags));
const found = (source: string, text: string, flags = FLAGS) => regexMatcher(programOf(source, flags))(text);

/** Expressions that mean the same to V8: no `$` before a last line feed, no classes that differ beyond ASCII. */
const atom = fc.constantFrom(
  'a',
  'b',
  'c',
  '.',
  '\\d',
  '\\w',
  '\\W',
  '\\s',
  '[ab]',
  '[^a]',
  '[a-c1]',
  '\\.',
  '\\b',
  '\\B',
  '^',
);
const source = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('node'), tie('node')).map((parts) => parts.join('')),
    fc.tuple(tie('node'), tie('node')).map((parts) => `(?:${parts.join('|')})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '*?'))
      .map(([node, many]) => `(?:${node})${many}`),
    fc
      .tuple(fc.constantFrom('?=', '?!', '?<=', '?<!'), tie('node'))
      .map(([look, node]) => `(${look}${node})`),
  ),
})).node;
const text = fc
  .array(fc.constantFrom('a', 'b', 'c', 'A', '1', ' ', '\n', '.', '_', 'é'), { maxLength: 12 })
  .map((units) => units.join(''));

describe('regular expressions', () => {
  it('find what V8 finds, by the automaton and by the run that looks around', () => {
    fc.assert(
      fc.property(source, text, fc.boolean(), fc.boolean(), (written, subject, ignoreCase, multiline) => {
        const program = programOf(written, { ignoreCase, multiline, dotAll: true });
        const native = new RegExp(written, `s${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}`).test(subject);
        expect(testLookingAround(program, subject)).toBe(native);
        if (!program.looks) expect(new LazyAutomaton(program).test(subject)).toBe(native);
      }),
      { numRuns: 3_000 },
    );
  }, 60_000);

  it('need the texts that they are said to need', () => {
    let needing = 0;
    fc.assert(
      fc.property(source, text, (written, subject) => {
        const tree = parseRegex(written, FLAGS);
        const texts = requiredTexts(tree);
        if (texts === null) return;
        needing += 1;
        for (const one of [subject, sample(tree)])
          if (regexMatcher(compileRegex(tree))(one))
            expect(texts.some((required) => one.toLowerCase().includes(required))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(needing).toBeGreaterThan(300);
  }, 60_000);

  it.each([
    ['a$', 'a\n', true],
    ['a\\z', 'a\n', false],
    ['^a', 'b\na', false],
    ['(?i)ab', 'AB', true],
    ['x(?i:a)b', 'xAB', false],
    ['[[:alpha:]]+9', 'é9', false],
    ['[[:xdigit:]]{4}', 'BEEF', true],
    ['\\Q.*\\E', 'x.*', true],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['a{,2}b', 'b', true],
    ['a{x}', 'a{x}', true],
    ['\\x41\\x{42}\\u0043', 'ABC', true],
    ['(?P<name>a)(?#note)b', 'ab', true],
    ['(?<!no)thing', 'nothing', false],
    ['\\/\\-\\"', '/-"', true],
  ])('%s on %j is %s', (written, subject, expected) => {
    expect(found(written, subject)).toBe(expected);
  });

  it.each([
    'a++',
    '(?>a)',
    '\\1',
    '(a',
    'a)',
    '[a',
    '*a',
    'a{3,2}',
    '\\p{L}',
    '[z-a]',
    '[[:constructor:]]',
    '(?<=',
    'a\\',
  ])('refuses %s', (written) => {
    expect(() => programOf(written)).toThrow('regular expression');
  });

  it.each([
    ['(a+)+$', `${'a'.repeat(200_000)}b`],
    ['(a|a)*c', 'a'.repeat(200_000)],
    ['(.*)(.*)(.*)(.*)x', 'y'.repeat(200_000)],
    ['(x+x+)+y', 'x'.repeat(200_000)],
    ['(a|b|ab)*bc$', 'ab'.repeat(100_000)],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(200_000)],
    ['(?=(a+)+b)a', 'a'.repeat(20_000)],
    ['[ab]*a[ab]{30}c', 'ab'.repeat(50_000)],
  ])(
    '%s does not hang',
    (written, subject) => {
      const began = performance.now();
      found(written, subject);
      // Seconds, on a machine that does other things too; backtracking would take years.
      expect(performance.now() - began).toBeLessThan(10_000);
    },
    30_000,
  );
});

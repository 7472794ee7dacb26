import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffLine, diffCounts, foldSame, lineDiff } from './line-diff.ts';

const told = (lines: readonly DiffLine[]) =>
  lines.map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`);

describe('lineDiff', () => {
  test('keeps what is common and names the rest', () => {
    expect(told(lineDiff('a\nb\nc\nd\n', 'a\nc\nx\nd\n'))).toEqual([' a', '-b', ' c', '+x', ' d']);
  });

  test('shows a file that comes and one that goes', () => {
    expect(told(lineDiff(null, 'a\nb\n'))).toEqual(['+a', '+b']);
    expect(told(lineDiff('a\n', null))).toEqual(['-a']);
    expect(lineDiff(null, '')).toEqual([]);
  });

  test('gives both versions back whole, whatever they are', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', '  d'), { maxLength: 40 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after);
        const version = (left: 'added' | 'removed') =>
          lines.filter(({ kind }) => kind !== left).map((line) => line.text);
        const whole = (value: string) => (value === '' ? [] : value.replace(/\n$/, '').split('\n'));
        expect(version('added')).toEqual(whole(before));
        expect(version('removed')).toEqual(whole(after));
      }),
    );
  });

  test('numbers every line as its own version does', () => {
    const lines = lineDiff('a\nb\nc', 'b\nc\nd');
    expect(lines.map(({ before }) => before).filter((at) => at !== null)).toEqual([1, 2, 3]);
    expect(lines.map(({ after }) => after).filter((at) => at !== null)).toEqual([1, 2, 3]);
  });

  test('shows texts that are too long to compare as replaced, and quickly', () => {
    const long = (word: string) => Array.from({ length: 60_000 }, (_, at) => `${word}${at}`).join('\n');
    const counts = diffCounts(lineDiff(long('a'), long('b')));
    expect(counts).toEqual({ added: 60_000, removed: 60_000 });
  });
});

describe('foldSame', () => {
  test('leaves three lines on both sides of a change and folds the rest', () => {
    const before = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    const after = before.with(10, 'other');
    const shown = foldSame(lineDiff(before.join('\n'), after.join('\n')));
    expect(shown.map((entry) => (entry.kind === 'fold' ? entry.lines.length : entry.kind))).toEqual([
      7,
      'same',
      'same',
      'same',
      'removed',
      'added',
      'same',
      'same',
      'same',
      6,
    ]);
  });

  test('shows a single line rather than words for it', () => {
    const before = Array.from({ length: 5 }, (_, at) => `line ${at}`);
    const shown = foldSame(lineDiff(before.join('\n'), before.with(4, 'x').join('\n')));
    expect(shown.some(({ kind }) => kind === 'fold')).toBe(false);
  });
});

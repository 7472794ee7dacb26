import { expect, it } from 'vitest';
import { linesBetween } from './ways-lines.ts';

const row = (...names: [name: string, ...asks: string[]][]) =>
  names.map(([name, ...asks]) => ({ name, version: null, direct: null, asks }));

it('leads from the middle of each package to the middle of those that it asks for', () => {
  expect(linesBetween(row(['a', 'x'], ['b', 'x', 'y']), row(['x'], ['y'], ['z'], ['u']))).toEqual([
    [25, 12.5],
    [75, 12.5],
    [75, 37.5],
  ]);
  expect(linesBetween(row(['a']), row(['x']))).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { nameMatcher, patternParts } from './pattern.ts';

describe('nameMatcher', () => {
  it.for([
    ['*.log', 'access.log', true],
    ['*.log', '.log', false],
    ['.*', '.log', true],
    ['*', 'a', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['a?c', 'a😀c', true],
    ['a[0-9b]c', 'a7c', true],
    ['a[0-9b]c', 'abc', true],
    ['a[!0-9]c', 'a7c', false],
    ['a[!0-9]c', 'axc', true],
    ['a[', 'a[', true],
    ['[]a]', ']', true],
    ['a.log*', 'axlog', false],
  ] as const)('%s and %s: %s', ([pattern, name, matches]) => {
    expect(nameMatcher(pattern)?.(name)).toBe(matches);
  });

  it('takes a name as a name', () => {
    expect(nameMatcher('access.log')).toBeNull();
    expect(patternParts('/var//log/./*.log')).toEqual(['var', 'log', '*.log']);
  });

  it('is not held up by a pattern of many stars', () => {
    const began = process.cpuUsage();
    expect(nameMatcher(`${'*a'.repeat(100)}b`)?.('a'.repeat(255))).toBe(false);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(200);
  });
});

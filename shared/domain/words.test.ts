import { describe, expect, it } from 'vitest';
import { plainName } from './plain-name.ts';
import { counted, countWord, listed } from './words.ts';

describe('words', () => {
  it('counts in words up to twelve', () => {
    expect([0, 1, 12, 13, 200].map(countWord)).toEqual(['no', 'one', 'twelve', '13', '200']);
    expect(counted(1, 'door')).toBe('one door');
    expect(counted(2, 'entry', 'entries')).toBe('two entries');
  });

  it('lists as prose does, and never says "and one more"', () => {
    expect(listed([], 3, 'node')).toBe('');
    expect(listed(['a'], 3, 'node')).toBe('a');
    expect(listed(['a', 'b'], 3, 'node')).toBe('a and b');
    expect(listed(['a', 'b', 'c', 'd'], 3, 'node')).toBe('a, b, c and d');
    expect(listed(['a', 'b', 'c', 'd', 'e'], 3, 'node')).toBe('a, b, c and two more nodes');
  });

  it('makes names fit for a sentence', () => {
    expect(plainName('  miu\t\r\n ', 64)).toBe('miu');
    expect(plainName('\u202emiu\u0007', 64)).toBe('miu');
    expect(plainName('\u200b\u2028', 64)).toBe('');
    expect(plainName('日本語のノード', 4)).toBe('日本語…');
    expect(plainName('😀😀😀', 2)).toBe('😀…');
  });
});

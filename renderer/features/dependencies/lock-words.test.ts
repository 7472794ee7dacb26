import { describe, expect, it } from 'vitest';
import type { InstalledLock } from '#shared/domain/dependencies/before-install.ts';
import { fileNameOfLock, lockSentence } from './lock-words.ts';

const lock = (hashed: number, without: number, command: string[] | null = null): InstalledLock => ({
  text: '',
  hashed,
  unhashed: Array.from({ length: without }, (_, index) => ({ name: `p${index}`, why: '' })),
  left: [],
  command,
});

describe('what is said of a lock', () => {
  it.each([
    [lock(0, 0), /nothing in this place/],
    [lock(3, 0, ['pip']), /exactly these contents/],
    [lock(1, 2), /^1 of 3 lines have one/],
    [lock(0, 2), /^No line has one/],
  ])('%#', (made, words) => {
    expect(lockSentence(made)).toMatch(words);
  });

  it.each([
    ['miu', 'requirements-miu.lock.txt'],
    ['../../etc/x', 'requirements-etc-x.lock.txt'],
    ['…', 'requirements-node.lock.txt'],
  ])('%s has a file name that leads nowhere', (name, file) => {
    expect(fileNameOfLock(name)).toBe(file);
  });
});

import { describe, expect, it } from 'vitest';
import { type Groups, onlyWrittenBy } from './writers.ts';

const groups: Groups = {
  members: (gid) =>
    new Map([
      [0, new Set<number>()],
      [50, new Set([1_500])],
      [60, new Set([7])],
    ]).get(gid) ?? null,
  uidOf: (name) => (name === 'agent' ? 1_500 : null),
  gidOf: (name) => (name === 'staff' ? 50 : null),
};
const list = (...more: string[]) =>
  ['user::rwx', ...more, 'group::r-x', 'mask::rwx', 'other::r-x', ''].join('\n');
const judge = (text: string | null, subject = 0, folder = { uid: 0n, gid: 0n, mode: 0o775n }) =>
  onlyWrittenBy(folder, subject, groups, () => text);

describe('who may write a folder', () => {
  it.each([
    ['an account by number', 'user:1500:rwx'],
    ['an account by name', 'user:agent:-w-'],
    ['an account that is not known', 'user:nobody-knows:rwx'],
    ['a group with somebody in it', 'group:50:rwx'],
    ['a group by name', 'group:staff:rwx'],
    ['a group that is not known', 'group:99:rwx'],
    ['what cannot be read', 'what is this'],
  ])('is others too where its access list names %s', (_name, line) => {
    expect(judge(list(line))).toBe('others');
    expect(judge(list(line), 0, { uid: 0n, gid: 0n, mode: 0o1775n })).toBe('sticky');
  });

  it('is root alone, or root and the one other account, where the list names nobody else', () => {
    expect(judge(null)).toBe('only');
    expect(judge(list('user:1500:r-x', 'group:50:r-x'))).toBe('only');
    expect(judge(list('user:1500:rwx'), 1_500)).toBe('only');
    expect(judge(list('user:1500:rwx'), 7)).toBe('others');
    // The group bits of the mode are the mask: without its own entry the owning group may not write.
    expect(judge(list('user:0:rwx'), 0, { uid: 0n, gid: 50n, mode: 0o775n })).toBe('only');
    expect(judge(null, 0, { uid: 0n, gid: 50n, mode: 0o775n })).toBe('others');
  });

  it('asks for no list where nobody but the owner may write', () => {
    const never = () => {
      throw new Error('not needed');
    };
    expect(onlyWrittenBy({ uid: 0n, gid: 0n, mode: 0o755n }, 0, groups, never)).toBe('only');
    expect(onlyWrittenBy({ uid: 0n, gid: 0n, mode: 0o757n }, 0, groups, never)).toBe('others');
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mountedHomes } from './mounted-homes.ts';

const mount = (path: string, root = '/', source = '/dev/sda1', more: object = {}) => ({
  path,
  root,
  source,
  type: 'ext4',
  options: [],
  hung: false,
  ...more,
});
const DISK = mount('/');
const again = (...mounts: ReturnType<typeof mount>[]) =>
  mountedHomes({ mounts: [DISK, ...mounts] }, ['/home/minotaur']).map(({ path, of }) => `${of} at ${path}`);

test.each([
  ['a home', [mount('/opt/h', '/home/minotaur')], ['/home/minotaur at /opt/h']],
  ['all homes', [mount('/var/lib/h', '/home')], ['/home/minotaur at /var/lib/h/minotaur']],
  ['the whole disk', [mount('/usr/share/all')], ['/home/minotaur at /usr/share/all/home/minotaur']],
  [
    'a folder of a home',
    [mount('/opt/notes', '/home/minotaur/notes')],
    ['/home/minotaur/notes at /opt/notes'],
  ],
  [
    'homes with a disk of their own, mounted again',
    [mount('/home', '/', '/dev/sdb1'), mount('/opt/homes', '/', '/dev/sdb1')],
    ['/home/minotaur at /opt/homes/minotaur'],
  ],
  [
    'a subvolume of homes, mounted again',
    [
      mount('/home', '/@home', '/dev/sdb1', { type: 'btrfs' }),
      mount('/srv/x', '/@home/minotaur', '/dev/sdb1', { type: 'btrfs' }),
    ],
    ['/home/minotaur at /srv/x'],
  ],
])('%s that is mounted elsewhere is found', (_, mounts, expected) => {
  expect(again(...mounts)).toEqual(expected);
});

test.each([
  ['nothing else', []],
  ['a folder beside it', [mount('/opt/h', '/srv/other')]],
  ['a folder whose name begins like it', [mount('/opt/h', '/home/minotaur2')]],
  ['another disk', [mount('/opt/h', '/home/minotaur', '/dev/sdc1')]],
  ['another subvolume', [mount('/home', '/@home', '/dev/sdb1'), mount('/opt/h', '/@', '/dev/sdb1')]],
  ['a folder of itself', [mount('/home/minotaur/again', '/home/minotaur')]],
  ['one that does not answer', [mount('/opt/h', '/home/minotaur', '/dev/sda1', { hung: true })]],
  ['memory', [mount('/opt/h', '/home/minotaur', '/dev/sda1', { type: 'tmpfs' })]],
  [
    'one that another mount covers',
    [mount('/opt/h', '/home/minotaur'), mount('/opt', '/', '/dev/sdd1'), mount('/opt/h', '/', '/dev/sde1')],
  ],
])('%s is no second way', (_, mounts) => {
  expect(again(...mounts)).toEqual([]);
});

test('whatever a node says of its mounts, places are absolute, few, and not in the home', () => {
  const path = fc.constantFrom(
    '/',
    '/home',
    '/home/minotaur',
    '/home/minotaur/x',
    '/opt',
    '/opt/h',
    '',
    'x',
    '/opt/h/../..',
  );
  const any = fc.record({
    path,
    root: path,
    source: fc.constantFrom('/dev/sda1', 'none', ''),
    type: fc.constantFrom('ext4', 'tmpfs', 'btrfs'),
    options: fc.constant<string[]>([]),
    hung: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), fc.array(path, { maxLength: 4 }), (mounts, homes) => {
      const found = mountedHomes({ mounts }, homes);
      expect(found.length).toBeLessThanOrEqual(64);
      for (const one of found)
        expect(one.path === one.home || one.path.startsWith(`${one.home}/`)).toBe(false);
    }),
  );
});

import { expect, test } from 'vitest';
import { dataMounts } from './data-mounts.ts';

const mount = (path: string, type: string, hung = false) => ({
  path,
  root: '/',
  source: 'x',
  type,
  options: [],
  hung,
});

test.each([
  ['/mnt/nas', 'nfs4'],
  ['/media/usb', 'vfat'],
  ['/run/media/miu/usb', 'exfat'],
  ['/srv/photos', 'ext4'],
  ['/data', 'fuse.sshfs'],
  ['/home/miu/nas', 'cifs'],
])('%s of type %s holds data', (path, type) => {
  expect(dataMounts({ mounts: [mount(path, type)], encryptedDevices: [] })).toEqual([path]);
});

test.each([
  ['/', 'ext4'],
  ['/boot/efi', 'vfat'],
  ['/home', 'ext4'],
  ['/var/lib/docker', 'xfs'],
  ['/mnt', 'tmpfs'],
  ['/sys/fs/cgroup', 'cgroup2'],
  ['/run/user/1000/doc', 'fuse.portal'],
])('%s of type %s does not', (path, type) => {
  expect(dataMounts({ mounts: [mount(path, type)], encryptedDevices: [] })).toEqual([]);
});

test('a mount that does not answer is left alone', () => {
  expect(dataMounts({ mounts: [mount('/mnt/nas', 'nfs4', true)], encryptedDevices: [] })).toEqual([]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mountedBelow } from './mounted-below.ts';

const line = (device: string, path: string, type = 'ext4') =>
  `36 35 ${device} / ${path} rw,noatime shared:1 - ${type} /dev/x rw\n`;
const INFO = [
  line('8:1', '/'),
  line('8:2', '/home'),
  line('0:50', '/home/miu/workspace/in\\040it', 'tmpfs'),
  line('8:2', '/home/miu/bound'),
  line('0:51', '/home/miubis/x', 'tmpfs'),
  line('0:52', '/tmp', 'tmpfs'),
  line('0:60', '/srv', 'btrfs'),
  line('0:60', '/srv/agent/sub', 'btrfs'),
].join('');

it('names what a search below some places does not see, and nothing that it sees', () => {
  expect(mountedBelow(['/home/miu', '/tmp/', '/opt'], INFO)).toEqual(['/home/miu/workspace/in it']);
  expect(mountedBelow(['/home/miu', '/home/miu/workspace/in it'], INFO)).toEqual([]);
  expect(mountedBelow(['/srv/agent'], INFO)).toEqual(['/srv/agent/sub']);
  expect(mountedBelow(['/'], INFO)).toContain('/home');
});

it('does not call a list empty that it could not read', () => {
  expect(mountedBelow(['/home'], null)).toBeNull();
  expect(mountedBelow(['/home'], '')).toBeNull();
  expect(mountedBelow(['/home'], INFO.repeat(20_000))).toBeNull();
});

it('reads whatever it is given', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (root, text) => {
      expect(Array.isArray(mountedBelow([`/${root}`], `x${text}`))).toBe(true);
    }),
  );
});

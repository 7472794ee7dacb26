import { expect, it } from 'vitest';
import { agentPlaces } from '#core/incidents/evidence/places.ts';
import { seededProfile } from '#core/incidents/workspace/testing/seeded-tree.ts';
import { readHashes } from './hunt-node.ts';

const ROOT = '36 35 8:1 / / rw - ext4 /dev/x rw\n';
const BELOW = '37 36 0:50 / /home/miu/workspace/x rw - tmpfs none rw\n';
const read = (mountinfo: string | null) => {
  const told = mountinfo === null ? '' : `@mountinfo:1\0${mountinfo}\0`;
  const stdout = Buffer.from(`@roots:1\0/home/miu\0${told}@looked:1\x005\0@all:0\0@end:0\0`);
  const output = { stdout, exitCode: 0, timedOut: false, cut: false };
  return readHashes(
    { ...output, tookMs: 1 } as Parameters<typeof readHashes>[0],
    agentPlaces(seededProfile('/home/miu')),
  );
};

it('is whole only where no other file system lies among what was hashed, and that is known', () => {
  expect(read(ROOT)).toMatchObject({ whole: true, lookedAt: 5 });
  expect(read(ROOT).why).toHaveLength(1);
  expect(read(ROOT + BELOW)).toMatchObject({ whole: false });
  expect(read(ROOT + BELOW).why[0]).toContain('not looked into: /home/miu/workspace/x.');
  expect(read(null)).toMatchObject({ whole: false });
  expect(read(null).why[0]).toContain('is not known');
});

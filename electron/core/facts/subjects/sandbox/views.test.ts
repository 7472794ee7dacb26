import { describe, expect, it } from 'vitest';
import { MOST_OF_A_VIEW, viewsIn, visibleMounts } from './views.ts';

/** As a Debian 12 shows them to a service with `ProtectSystem=strict`; device names are left out. */
const REAL = `259 221 0:1 / / ro,nosuid,relatime shared:97 master:187 - ext4 /dev/x rw
273 259 0:2 / /run rw,nosuid,nodev shared:106 master:191 - tmpfs tmpfs rw,mode=755
589 273 0:3 / /run/user/0 rw,nosuid,nodev,relatime shared:115 - tmpfs tmpfs rw,mode=700
268 259 0:1 /home/m/a\\040b /home/m/a\\040b rw,nosuid,relatime shared:132 - ext4 /dev/x rw
587 273 0:2 /inaccessible /run/user ro,nosuid,nodev shared:119 master:191 - tmpfs tmpfs rw
588 587 0:3 / /run/user/0 ro,nosuid,nodev,relatime shared:120 - tmpfs tmpfs rw
600 259 0:1 /p/tmp /tmp rw,nosuid,relatime shared:146 - ext4 /dev/x rw
601 600 0:1 /q/tmp /tmp ro,nosuid,relatime shared:147 - ext4 /dev/x rw
602 259 0:9 / /mnt rw,relatime - ext4 /dev/y ro
`;

const seen = (text: string) =>
  visibleMounts(Buffer.from(text))?.map(({ path, writable }) => [path, writable]);

describe('the mounts of a process', () => {
  it('are those to which a path leads, writable where neither mount nor file system forbids it', () => {
    expect(seen(REAL)).toEqual([
      ['/', false],
      ['/run', true],
      ['/home/m/a b', true],
      ['/run/user', false],
      ['/run/user/0', false],
      ['/tmp', false],
      ['/mnt', false],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a line of another shape', `${REAL}x y z\n`],
    ['a line without its end', `${REAL}9 259 0:1 / /home rw,nosuid`],
    ['more than is read', `${REAL}${'#'.repeat(MOST_OF_A_VIEW)}`],
    ['parents in a circle, but no root', '1 2 0:1 / rel rw - ext4 x rw\n'],
  ])('are not known from %s', (_, text) => {
    expect(visibleMounts(Buffer.from(text))).toBeNull();
  });

  it('end with hostile numbers too', () => {
    expect(seen('1 2 0:1 / /a rw - ext4 x rw\n2 1 0:1 / /b rw - ext4 x rw\n')).toEqual([
      ['/a', true],
      ['/b', true],
    ]);
  });

  it('are not known when one of the processes did not show them', () => {
    const record = { tag: 'view', fields: ['0', '7', REAL].map((text) => Buffer.from(text)) };
    expect(viewsIn([record], 0, [7])).toHaveLength(1);
    expect(viewsIn([record], 0, [7, 8])).toBeNull();
    expect(viewsIn([record], 1, [7])).toBeNull();
    expect(viewsIn([], 0, [])).toEqual([]);
  });
});

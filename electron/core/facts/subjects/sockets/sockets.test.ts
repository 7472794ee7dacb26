import { describe, expect, it } from 'vitest';
import { readProcNet } from './proc-net.ts';
import { readSs } from './ss.ts';

const line = (rest: string): string => `tcp   LISTEN 0      128    ${rest}`;

describe('readSs', () => {
  it.each([
    [
      '0.0.0.0:7890 0.0.0.0:* uid:1000 ino:627 sk:1 cgroup:/system.slice/mycoswarm.service <->',
      {
        family: 4,
        address: '0.0.0.0',
        port: 7890,
        uid: 1000,
        unit: 'mycoswarm.service',
        inode: '627',
        ipv6Only: null,
      },
    ],
    [
      '*:8080 *:* ino:7 sk:a1 cgroup:/ v6only:0 <->',
      { family: 6, address: '::', port: 8080, uid: 0, unit: null, ipv6Only: false },
    ],
    [
      '[::]:22 [::]:* ino:7 sk:a1 cgroup:/system.slice/ssh.service v6only:1 <->',
      { address: '::', ipv6Only: true, unit: 'ssh.service' },
    ],
    [
      '[fe80::1]%eth0:546 [::]:* uid:101 ino:7 sk:a1 v6only:1 <->',
      { address: 'fe80::1', interface: 'eth0', family: 6 },
    ],
    ['127.0.0.53%lo:53 0.0.0.0:* uid:101 ino:7 sk:a1 <->', { address: '127.0.0.53', interface: 'lo' }],
    [
      '127.0.0.1:11434 0.0.0.0:* uid:998 ino:7 sk:a1 cgroup:/user.slice/user-1000.slice/user@1000.service/app.slice/ollama.service <->',
      { unit: 'ollama.service' },
    ],
  ])('reads %s', (rest, expected) => {
    expect(readSs(line(rest))).toMatchObject([expected]);
  });

  it('believes no uid, inode or family that stands in the name of a control group', () => {
    const path =
      '/user.slice/user-1000.slice/user@1000.service/x uid:0 ino:9 sk:1 cgroup:/system.slice/ssh.service v6only:1 <-> y';
    const [socket] = readSs(line(`*:4444 *:* uid:1000 ino:7 sk:a1 cgroup:${path} v6only:0 <->`));
    expect(socket).toMatchObject({ uid: 1000, inode: '7', ipv6Only: false });
  });

  it('leaves lines of another shape out', () => {
    expect(readSs('Netid State\ngarbage\ntcp ESTAB 0 0 1.2.3.4:5 6.7.8.9:1 ino:1 sk:1 <->\n')).toEqual([]);
    expect(readSs(line('0.0.0.0:99999 0.0.0.0:* ino:1 sk:1 <->'))).toEqual([]);
  });
});

describe('readProcNet', () => {
  it.each([
    [
      '   0: 0100007F:1ED2 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 627 1 x',
      4,
      '127.0.0.1',
      7890,
    ],
    [
      '   1: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 8 1 x',
      6,
      '::',
      22,
    ],
    [
      '   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 8 1 x',
      6,
      '::1',
      22,
    ],
    [
      '   1: 000080FE00000000FF00FC02010000FE:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 8 1 x',
      6,
      'fe80::2fc:ff:fe00:1',
      22,
    ],
  ] as const)('reads %s', (text, family, address, port) => {
    expect(readProcNet(text, family, 'tcp')).toMatchObject([{ family, address, port, protocol: 'tcp' }]);
  });

  it('takes listening TCP and unconnected UDP only', () => {
    const entry = (state: string): string =>
      `   0: 0100007F:1ED2 00000000:0000 ${state} 0:0 00:0 0  1000        0 627 1 x`;
    expect(readProcNet(entry('01'), 4, 'tcp')).toEqual([]);
    expect(readProcNet(entry('07'), 4, 'tcp')).toEqual([]);
    expect(readProcNet(entry('07'), 4, 'udp')).toHaveLength(1);
  });
});

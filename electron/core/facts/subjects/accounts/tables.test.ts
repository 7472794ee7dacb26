import { describe, expect, it } from 'vitest';
import {
  countSessions,
  readCapabilities,
  readLastLogins,
  readModeLine,
  readPasswd,
  readRanges,
} from './tables.ts';

describe('tables of accounts', () => {
  it('reads passwd and leaves damaged lines out', () => {
    const text =
      'root:x:0:0:root:/root:/bin/bash\nbroken\n+::::::\nx:x:99999999999:0:::\nroot:x:5:5:again:/:/bin/sh\na:x:4294967295:1::/home/with space:/bin/sh\n';
    expect(readPasswd(text)).toEqual([
      { name: 'root', uid: 0, gid: 0, comment: 'root', home: '/root', shell: '/bin/bash' },
      { name: 'a', uid: 4_294_967_295, gid: 1, comment: '', home: '/home/with space', shell: '/bin/sh' },
    ]);
  });

  it('reads ranges of subordinate ids by name and number', () => {
    expect(readRanges('a:100000:65536\na:300000:1\n1001:5:x\n')).toEqual(
      new Map([
        [
          'a',
          [
            { start: 100_000, count: 65_536 },
            { start: 300_000, count: 1 },
          ],
        ],
      ]),
    );
  });

  it('reads lines of find whatever the path is called', () => {
    expect(readModeLine('4755 0 24 /usr/bin/a b\nc')).toEqual({
      mode: 0o4755,
      uid: 0,
      gid: 24,
      path: '/usr/bin/a b\nc',
    });
    expect(readModeLine('9999 0 0 /x')).toBeNull();
    expect(readModeLine('755 0 0 relative')).toBeNull();
  });

  it('counts sessions of people, not managers or closing ones, and logins known to who only', () => {
    const file = (id: string, user: string, kind: string, state: string): string =>
      `/run/systemd/sessions/${id}:USER=${user}\n/run/systemd/sessions/${id}:CLASS=${kind}\n/run/systemd/sessions/${id}:STATE=${state}\n`;
    const logind =
      file('1', 'anna', 'user', 'active') +
      file('2', 'anna', 'manager', 'active') +
      file('c3', 'bob', 'user', 'closing');
    expect(countSessions(logind, 'anna\ncarl\ncarl\n')).toEqual(
      new Map([
        ['anna', 1],
        ['carl', 2],
      ]),
    );
  });

  it('does not count sessions of the console itself', () => {
    const file = (id: string, tty: string) =>
      `/run/systemd/sessions/${id}:USER=anna\n/run/systemd/sessions/${id}:SERVICE=sshd\n/run/systemd/sessions/${id}:REMOTE_HOST=10.0.0.2\n${tty}`;
    const logind = file('4', '') + file('5', '') + file('6', '/run/systemd/sessions/6:TTY=pts/0\n');
    expect(countSessions(logind, '', '4')).toEqual(new Map([['anna', 1]]));
    expect(countSessions(logind, '', '')).toEqual(new Map([['anna', 3]]));
  });

  it('reads the newest login of each account in UTC', () => {
    const text = `anna     pts/0        192.168.1.5      Fri Nov 21 19:20:00 2026   still logged in
anna     pts/0        192.168.1.5      Thu Nov 20 19:20:00 2026 - Thu Nov 20 20:00:00 2026  (00:40)
reboot   system boot  6.1.0            Fri Nov 21 10:00:00 2026   still running

wtmp begins Tue May 20 00:00:00 2025
`;
    expect(readLastLogins(text)).toEqual(new Map([['anna', '2026-11-21T19:20:00.000Z']]));
  });

  it('reads both forms of getcap', () => {
    expect(
      readCapabilities(
        '/usr/bin/ping cap_net_raw=ep\n/usr/bin/newuidmap = cap_setuid+ep\n/odd path cap_a,cap_b=eip\nnoise\n',
      ),
    ).toEqual(
      new Map([
        ['/usr/bin/ping', 'cap_net_raw=ep'],
        ['/usr/bin/newuidmap', 'cap_setuid+ep'],
        ['/odd path', 'cap_a,cap_b=eip'],
      ]),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { isClaimedOnly } from './journal-claim.ts';
import { parseAll } from './testing/parse.ts';

const entry = (more: Record<string, string>): string =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: '1763802000000000',
    _TRANSPORT: 'syslog',
    SYSLOG_FACILITY: '4',
    SYSLOG_IDENTIFIER: 'sshd',
    MESSAGE: 'Accepted password for root from 192.168.1.66 port 5 ssh2',
    ...more,
  });

describe('an entry of the journal', () => {
  it.each<[string, string, string | null]>([
    ['sshd', '0', '/usr/sbin/sshd'],
    ['sshd', '0', null],
    ['sshd', '1000', '/usr/sbin/sshd'],
    ['sshd', '1000', '/usr/lib/openssh/sshd-session'],
    ['sshd-session', '1000', '/usr/lib/openssh/sshd-session (deleted)'],
    ['sudo', '1000', '/usr/bin/sudo'],
    ['sudo', '1000', '/run/wrappers/wrappers.abc/sudo'],
    ['CRON', '1000', '/usr/sbin/cron'],
    ['(systemd)', '1000', '/usr/lib/systemd/systemd'],
    ['crontab', '1000', null],
    ['firefox', '1000', null],
  ])('of %s by %s from %s is believed', (program, uid, executable) => {
    expect(isClaimedOnly(program, uid, executable)).toBe(false);
  });

  it.each<[string, string, string | null]>([
    ['sshd', '998', '/usr/bin/logger'],
    ['sshd', '998', null],
    ['SSHD', '998', '/usr/bin/python3.11'],
    ['sshd', '998', '/home/miu/sshd'],
    ['sudo', '998', '/tmp/usr/bin/sudo'],
    ['sudo', '998', '/usr/../home/miu/sudo'],
    ['sudo', '998', '/usr/bin/sudoku'],
    ['su', '998', '/usr/bin/sudo'],
    ['systemd', '998', '/dev/shm/systemd'],
  ])('of %s by %s from %s only claims to be it', (program, uid, executable) => {
    expect(isClaimedOnly(program, uid, executable)).toBe(true);
  });

  it('names no account and no address when it only claims to be of sshd', () => {
    const [own, claimed, little] = parseAll('journal-json', [
      entry({ _UID: '0', _EXE: '/usr/sbin/sshd' }),
      entry({ _UID: '998', _EXE: '/usr/bin/logger' }),
      entry({}),
    ]);
    expect(own).toMatchObject({ logsource: { service: 'sshd' }, fields: { User: 'root', action: 'login' } });
    expect(little?.logsource.service).toBe('sshd');
    expect(claimed?.logsource).toMatchObject({ product: 'linux', service: 'syslog' });
    expect(claimed?.fields).toMatchObject({ forged: 'not-of-that-program', uid: 998 });
    expect(claimed?.fields).not.toHaveProperty('User');
    expect(claimed?.fields).not.toHaveProperty('SourceIp');
  });
});

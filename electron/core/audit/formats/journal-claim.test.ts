import { describe, expect, it } from 'vitest';
import { senderOf } from './journal-claim.ts';
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

type Sent = [program: string, uid: string | null, executable: string | null, unit: string | null];
const LOGIN = 'Accepted password for root from 192.168.1.66 port 5 ssh2';
const ofSent = ([program, uid, executable, unit]: Sent, message = LOGIN) =>
  senderOf(program, message, { uid, executable, unit });

describe('an entry of the journal', () => {
  it.each<Sent>([
    ['sshd', '0', '/usr/sbin/sshd', 'ssh.service'],
    ['sshd', '0', '/usr/sbin/sshd', 'session-3.scope'],
    ['sshd', '0', null, null],
    ['sshd', null, null, null],
    ['sshd', '105', '/usr/sbin/sshd', 'ssh.service'],
    ['sshd', '1000', '/usr/lib/openssh/sshd-session', 'ssh@3-10.0.0.1:22-10.0.0.2:5.service'],
    ['sshd-session', '1000', '/usr/lib/openssh/sshd-session (deleted)', 'sshd.service'],
    ['sudo', '1000', '/usr/bin/sudo', 'session-3.scope'],
    ['sudo', '1000', '/run/wrappers/wrappers.abc/sudo', 'user@1000.service'],
    ['CRON', '1000', '/usr/sbin/cron', 'cron.service'],
    ['(systemd)', '1000', '/usr/lib/systemd/systemd', 'user@1000.service'],
    ['polkitd', '997', '/usr/lib/polkit-1/polkitd', 'polkit.service'],
    ['crontab', '1000', null, null],
    ['firefox', '1000', null, null],
  ])('of %s by %s from %s in %s is believed', (...sent) => {
    expect(ofSent(sent)).toBe('own');
  });

  it.each<Sent>([
    ['sshd', '998', '/usr/bin/logger', 'mycoswarm.service'],
    // A session that pam_systemd(8) did not move stays where sshd is.
    ['sshd', '998', '/usr/bin/logger', 'ssh.service'],
    ['sshd', '998', null, null],
    ['SSHD', '998', '/usr/bin/python3.11', null],
    ['sshd', '998', '/home/miu/sshd', null],
    ['sudo', '998', '/tmp/usr/bin/sudo', null],
    ['sudo', '998', '/usr/../home/miu/sudo', null],
    ['sudo', '998', '/usr/bin/sudoku', null],
    ['su', '998', '/usr/bin/sudo', null],
    ['systemd', '998', '/dev/shm/systemd', 'user@998.service'],
  ])('of %s by %s from %s in %s only claims to be it', (...sent) => {
    expect(ofSent(sent)).toBe('another');
  });

  it.each<Sent>([
    // Written, and then become that program: the one thing that journald can see is where it runs.
    ['sshd', '998', '/usr/sbin/sshd', 'mycoswarm.service'],
    ['sshd', '1000', '/usr/sbin/sshd', 'session-3.scope'],
    ['sshd', '998', '/usr/sbin/sshd', null],
    ['sshd', '998', '/usr/sbin/sshd', 'docker-0a1b.scope'],
    ['sshd', '998', '/usr/sbin/sshd', 'x\nssh.service'],
    ['systemd', '998', '/usr/lib/systemd/systemd', 'mycoswarm.service'],
    ['systemd', '998', '/usr/lib/systemd/systemd', 'user@1000.service'],
    ['cron', '998', '/usr/sbin/cron', 'user@998.service'],
    ['login', '998', '/usr/bin/login', 'session-3.scope'],
  ])('of %s by %s from %s in %s proves nothing', (...sent) => {
    expect(ofSent(sent)).toBe('unproven');
  });

  it('of sshd as the account that is logged in is no forgery, also when it has ended already', () => {
    const last = 'Disconnected from user ines 192.168.1.5 port 5';
    expect(ofSent(['sshd', '1000', null, null], last)).toBe('unproven');
    expect(ofSent(['sshd', '1000', '/usr/sbin/sshd', 'session-3.scope'], last)).toBe('unproven');
    expect(ofSent(['sudo', '1000', null, null], last)).toBe('another');
  });

  it('of sudo that a service may have started is read, but not the name of who asked', () => {
    const message = 'ines : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh';
    const sudo = { SYSLOG_IDENTIFIER: 'sudo', MESSAGE: message, _EXE: '/usr/bin/sudo' };
    const [service, session] = parseAll('journal-json', [
      entry({ ...sudo, _UID: '998', _SYSTEMD_UNIT: 'agent.service' }),
      entry({ ...sudo, _UID: '1000', _SYSTEMD_UNIT: 'session-3.scope' }),
    ]);
    expect(service).toMatchObject({
      logsource: { service: 'sudo' },
      fields: { SubjectUserName: 'uid 998', reason: 'command not allowed', unproven: 'sender' },
    });
    expect(session?.fields).toMatchObject({ SubjectUserName: 'ines', reason: 'command not allowed' });
    expect(session?.fields).not.toHaveProperty('unproven');
  });

  it('names no account and no address when it only claims to be of sshd', () => {
    const [own, claimed, little, raced] = parseAll('journal-json', [
      entry({ _UID: '0', _EXE: '/usr/sbin/sshd' }),
      entry({ _UID: '998', _EXE: '/usr/bin/logger' }),
      entry({}),
      entry({ _UID: '998', _EXE: '/usr/sbin/sshd', _SYSTEMD_UNIT: 'agent.service' }),
    ]);
    expect(own).toMatchObject({ logsource: { service: 'sshd' }, fields: { User: 'root', action: 'login' } });
    expect(little?.logsource.service).toBe('sshd');
    expect(claimed?.logsource).toMatchObject({ product: 'linux', service: 'syslog' });
    expect(claimed?.fields).toMatchObject({ forged: 'not-of-that-program', uid: 998 });
    expect(raced?.logsource).toMatchObject({ product: 'linux', service: 'syslog' });
    expect(raced?.fields).toMatchObject({ unproven: 'sender', uid: 998 });
    for (const { fields } of [claimed, raced].flatMap((one) => one ?? [])) {
      expect(fields).not.toHaveProperty('User');
      expect(fields).not.toHaveProperty('SourceIp');
      expect(fields).not.toHaveProperty('action');
    }
  });
});

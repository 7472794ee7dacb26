import { describe, expect, it } from 'vitest';
import { parseOne } from './testing/parse.ts';

describe('syslog', () => {
  it('reads RFC 3164 in the time of the node', () => {
    const line = '<34>Nov 22 08:59:01 minotaur su[77]: pam_unix(su:auth): authentication failure; user=root';
    expect(parseOne('syslog', line)).toMatchObject({
      at: Date.UTC(2026, 10, 22, 7, 59, 1),
      timeText: 'Nov 22 08:59:01',
      severity: 'error',
      logsource: { product: 'linux', service: 'auth' },
      message: 'pam_unix(su:auth): authentication failure; user=root',
      fields: { Computer: 'minotaur', program: 'su', ProcessId: 77, facility: 4 },
    });
  });

  it('reads RFC 5424 with structured data', () => {
    const line =
      '<132>1 2026-11-22T08:59:01.25Z owl app 77 ID47 [zoo@123 tiger="hun\\"gry"][x@9 y="\\]"] it went wrong';
    expect(parseOne('syslog', line)).toMatchObject({
      at: Date.UTC(2026, 10, 22, 8, 59, 1, 250),
      severity: 'warning',
      message: 'it went wrong',
      fields: {
        Computer: 'owl',
        program: 'app',
        ProcessId: 77,
        msgid: 'ID47',
        'zoo@123.tiger': 'hun"gry',
        'x@9.y': ']',
      },
    });
    expect(parseOne('syslog', '<13>1 - - - - - -').fields).toEqual({ facility: 1 });
  });

  it('reads a login of sshd from the end, for a name can hold anything', () => {
    const start = '2026-11-22T08:59:01.123456+00:00 owl sshd[9]: ';
    const hostile = parseOne(
      'syslog',
      `${start}Invalid user eve from 6.6.6.6 port 22 ssh2 from 127.0.0.1 port 44842`,
    );
    expect(hostile.fields).toMatchObject({
      User: 'eve from 6.6.6.6 port 22 ssh2',
      SourceIp: '127.0.0.1',
      SourcePort: 44842,
    });
    const colon = parseOne(
      'syslog',
      `${start}Failed password for invalid user x from 6.6.6.6 port 22 ssh2: y from 127.0.0.1 port 4 ssh2`,
    );
    expect(colon.fields).toMatchObject({ User: 'x from 6.6.6.6 port 22 ssh2: y', SourceIp: '127.0.0.1' });
    const failed = parseOne(
      'syslog',
      `${start}Failed password for invalid user admin from 172.16.4.9 port 5 ssh2`,
    );
    expect(failed).toMatchObject({
      logsource: { service: 'sshd' },
      severity: 'warning',
      fields: {
        action: 'login_failed',
        method: 'password',
        User: 'admin',
        SourceIp: '172.16.4.9',
        unknown_user: true,
      },
    });
    const key = parseOne(
      'syslog',
      `${start}Accepted publickey for miu from fe80::1%eth0 port 5 ssh2: ED25519 SHA256:abc`,
    );
    expect(key.fields).toMatchObject({ action: 'login', User: 'miu', SourceIp: 'fe80::1%eth0' });
    const closed = parseOne(
      'syslog',
      `${start}Connection closed by invalid user a b 127.0.0.1 port 4 [preauth]`,
    );
    expect(closed.fields).toMatchObject({ action: 'closed', User: 'a b', SourceIp: '127.0.0.1' });
  });

  it('reads sudo to the end of its command', () => {
    const line =
      'Nov 22 08:59:01 owl sudo[5]:   mycoswarm : user NOT in sudoers ; TTY=pts/0 ; PWD=/home/mycoswarm ; USER=root ; COMMAND=/bin/sh -c id ; USER=nobody';
    expect(parseOne('syslog', line)).toMatchObject({
      logsource: { service: 'sudo' },
      severity: 'warning',
      fields: {
        SubjectUserName: 'mycoswarm',
        reason: 'user NOT in sudoers',
        TargetUserName: 'root',
        CurrentDirectory: '/home/mycoswarm',
        CommandLine: '/bin/sh -c id ; USER=nobody',
        Image: '/bin/sh',
      },
    });
  });

  it('makes a connection of what the firewall stopped', () => {
    const line =
      'Nov 22 08:59:01 owl kernel: [ 12.512345] swarmkeep agent stopped: IN= OUT=eth0 SRC=172.16.4.2 DST=203.0.113.9 LEN=60 TOS=0x00 PROTO=TCP SPT=4444 DPT=443 WINDOW=64240 SYN URGP=0 UID=1001 GID=1001 ';
    expect(parseOne('syslog', line)).toMatchObject({
      logsource: { product: 'linux', category: 'network_connection', service: 'nftables' },
      fields: {
        prefix: 'swarmkeep agent stopped:',
        SourceIp: '172.16.4.2',
        DestinationIp: '203.0.113.9',
        SourcePort: 4444,
        DestinationPort: 443,
        Protocol: 'tcp',
        uid: 1001,
        User: '1001',
        denied: true,
        Initiated: 'true',
      },
    });
    const ufw = parseOne(
      'syslog',
      'Nov 22 08:59:01 owl kernel: [UFW BLOCK] IN=eth0 OUT= MAC=a:b SRC=10.0.0.9 DST=10.0.0.2 PROTO=UDP SPT=1 DPT=2 ',
    );
    expect(ufw.fields).toMatchObject({ denied: true, Initiated: 'false', mac: 'a:b' });
    const icmp = parseOne(
      'syslog',
      'Nov 22 08:59:01 owl kernel: seen IN=eth0 OUT= SRC=10.0.0.9 DST=10.0.0.2 PROTO=ICMP TYPE=3 [SRC=10.0.0.2 DST=8.8.8.8 PROTO=UDP ] ',
    );
    expect(icmp.fields).toMatchObject({ DestinationIp: '10.0.0.2', Protocol: 'icmp' });
    expect(icmp.fields).not.toHaveProperty('denied');
  });

  it('names the unit that systemd speaks of', () => {
    const of = (text: string) => parseOne('syslog', `Nov 22 08:59:01 owl systemd[1]: ${text}`).fields;
    expect(of('Started mycoswarm.service - The swarm.')).toMatchObject({
      unit: 'mycoswarm.service',
      action: 'started',
    });
    expect(of("mycoswarm.service: Failed with result 'exit-code'.")).toMatchObject({
      unit: 'mycoswarm.service',
      action: 'failed',
    });
    expect(of('mycoswarm.service: Scheduled restart job, restart counter is at 3.')).toMatchObject({
      action: 'restarts',
    });
  });

  it('keeps a line that is none as it is', () => {
    const record = parseOne('syslog', 'no time, no host');
    expect(record).toEqual({
      at: null,
      timeText: null,
      logsource: { product: null, category: null, service: null },
      severity: null,
      message: 'no time, no host',
      fields: {},
      group: null,
      derived: false,
    });
  });
});

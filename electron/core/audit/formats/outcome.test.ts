import { expect, it } from 'vitest';
import type { AuditRecord } from '#shared/domain/audit/event.ts';
import type { FormatId } from '#shared/domain/audit/source.ts';
import { eventOfRecord } from '../pipeline/event-of-record.ts';
import { OUTCOME_FIELD } from './outcome.ts';
import { parseAll } from './testing/parse.ts';

const syscall = (id: number, success: string, number: number): string =>
  `type=SYSCALL msg=audit(1364481363.243:${id}): arch=c000003e syscall=${number} success=${success} a0=3 a1=0 a2=10 items=1 ppid=2686 pid=3538 auid=1000 uid=1000 gid=1000 euid=1000 tty=pts0 ses=1 comm="cat" exe="/bin/cat" key="k"`;
const connect = (id: number, exit: number): string[] => [
  syscall(id, `${exit < 0 ? 'no' : 'yes'} exit=${exit}`, 42),
  `type=SOCKADDR msg=audit(1364481363.243:${id}): saddr=0200005016212C2C0000000000000000`,
  `type=EOE msg=audit(1364481363.243:${id}): `,
];
const bsd = (rest: string): string => `Nov 22 08:59:58 miu ${rest}`;
const daemon = (rest: string): string => `08:59:01 | INFO  | ${rest}`;
const audit = (type: string, rest: string): string => `type=${type} msg=audit(1364481363.243:9): ${rest}`;

/** Of all records that a happening makes, for all of them say the same. */
const outcomesOf = (records: readonly AuditRecord[]): unknown[] => [
  ...new Set(
    records
      .filter(({ fields }) => fields.type !== 'SOCKADDR' && fields.type !== 'EOE')
      .map(({ fields }) => fields[OUTCOME_FIELD] ?? null),
  ),
];

const CASES: readonly (readonly [what: string, format: FormatId, lines: string[], outcome: string | null])[] =
  [
    ['a call that was made', 'auditd', [syscall(1, 'yes exit=3', 257)], 'allowed'],
    ['a call that lacked permission', 'auditd', [syscall(1, 'no exit=-13', 257)], 'stopped'],
    ['a file that is not there', 'auditd', [syscall(1, 'no exit=-2', 257)], 'failed'],
    ['a call that nothing is said of', 'auditd', [audit('EXECVE', 'argc=1 a0="ls"')], null],
    [
      'a login that failed',
      'auditd',
      [
        audit(
          'USER_AUTH',
          `pid=1 uid=0 auid=1 ses=1 msg='op=PAM:authentication acct="ana" exe="/usr/sbin/sshd" addr=192.0.2.1 res=failed'\u001dUID="root"`,
        ),
      ],
      'failed',
    ],
    ['a login', 'auditd', [audit('USER_LOGIN', `pid=1 uid=0 msg='op=login id=0 res=success'`)], 'allowed'],
    [
      'a change of rules',
      'auditd',
      [audit('CONFIG_CHANGE', 'auid=1 op=add_rule key=(null) list=4 res=1')],
      'allowed',
    ],
    [
      'SELinux',
      'auditd',
      [
        audit(
          'AVC',
          'avc:  denied  { getattr } for  pid=2465 comm="httpd" path="/x" tclass=file permissive=0',
        ),
      ],
      'stopped',
    ],
    [
      'SELinux that only warns',
      'auditd',
      [audit('AVC', 'avc:  denied  { getattr } for  pid=2465 comm="httpd" permissive=1')],
      'allowed',
    ],
    [
      'AppArmor',
      'auditd',
      [
        audit(
          'AVC',
          'apparmor="DENIED" operation="open" profile="snap.x" name="/etc/shadow" pid=7 comm="cat"',
        ),
      ],
      'stopped',
    ],
    [
      'AppArmor that only warns',
      'auditd',
      [audit('AVC', 'apparmor="ALLOWED" operation="open" profile="x"')],
      'allowed',
    ],
    [
      'seccomp',
      'auditd',
      [
        audit(
          'SECCOMP',
          'auid=1 uid=1 pid=1 comm="x" exe="/x" sig=31 arch=c000003e syscall=101 compat=0 ip=0x7f code=0x80000000',
        ),
      ],
      'stopped',
    ],
    [
      'seccomp that only logs',
      'auditd',
      [audit('SECCOMP', 'auid=1 pid=1 comm="x" sig=0 arch=c000003e syscall=101 code=0x7ffc0000')],
      'allowed',
    ],
    ['a connection', 'auditd', connect(1, 0), 'allowed'],
    ['a connection that the firewall stopped', 'auditd', connect(1, -1), 'stopped'],
    ['a connection that nobody took', 'auditd', connect(1, -111), 'refused'],
    ['a connection that is under way', 'auditd', connect(1, -115), null],
    [
      'a stopped packet',
      'syslog',
      [
        bsd(
          'kernel: swarmkeep stopped: IN= OUT=eth0 SRC=10.0.0.2 DST=1.1.1.1 LEN=60 PROTO=TCP SPT=4 DPT=443 UID=1001',
        ),
      ],
      'stopped',
    ],
    [
      'a packet of which nothing is said',
      'syslog',
      [bsd('kernel: seen: IN= OUT=eth0 SRC=10.0.0.2 DST=1.1.1.1 LEN=60 PROTO=UDP')],
      null,
    ],
    [
      'a password that was wrong',
      'syslog',
      [bsd('sshd[7]: Failed password for root from 192.0.2.7 port 40022 ssh2')],
      'failed',
    ],
    [
      'a key that was right',
      'syslog',
      [bsd('sshd[7]: Accepted publickey for ana from 192.0.2.7 port 40022 ssh2: ED25519 SHA256:x')],
      'allowed',
    ],
    [
      'a session',
      'syslog',
      [bsd('sshd[7]: pam_unix(sshd:session): session opened for user ana(uid=1000) by (uid=0)')],
      'allowed',
    ],
    ['su', 'syslog', [bsd('su[9]: FAILED SU (to root) ana on pts/0')], 'failed'],
    [
      'PAM',
      'syslog',
      [
        bsd(
          'sudo: pam_unix(sudo:auth): authentication failure; logname= uid=1000 euid=0 tty=/dev/pts/0 ruser=ana rhost=  user=ana',
        ),
      ],
      'failed',
    ],
    [
      'sudo',
      'syslog',
      [bsd('sudo:  ana : TTY=pts/0 ; PWD=/home/ana ; USER=root ; COMMAND=/usr/bin/id')],
      'allowed',
    ],
    [
      'sudo that is not for everybody',
      'syslog',
      [bsd('sudo:  ana : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id')],
      'stopped',
    ],
    [
      'sudo with a wrong password',
      'syslog',
      [
        bsd(
          'sudo:  ana : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id',
        ),
      ],
      'failed',
    ],
    ['a unit', 'syslog', [bsd("systemd[1]: mycoswarm.service: Failed with result 'exit-code'.")], 'failed'],
    [
      'a request without a token',
      'mycoswarm',
      [daemon('INFO:     192.168.1.66:51514 - "GET /status HTTP/1.1" 403 Forbidden')],
      'refused',
    ],
    [
      'too many requests',
      'mycoswarm',
      [daemon('INFO:     192.168.1.66:51514 - "GET /status HTTP/1.1" 429 Too Many Requests')],
      'refused',
    ],
    [
      'a request',
      'mycoswarm',
      [daemon('INFO:     192.168.1.66:51514 - "GET /status HTTP/1.1" 200 OK')],
      'allowed',
    ],
    [
      'a server that has a fault',
      'mycoswarm',
      [daemon('INFO:     192.168.1.66:51514 - "GET /status HTTP/1.1" 500 Internal Server Error')],
      'failed',
    ],
    [
      'a file that the agent may not have',
      'mycoswarm',
      ['{"timestamp":"2026-11-22T08:59:00Z","path":"/etc/shadow","operation":"read","allowed":false}'],
      'stopped',
    ],
    [
      'a request in JSON',
      'json-lines',
      ['{"time":"2026-11-22T08:59:00Z","method":"GET","path":"/","status":403}'],
      'refused',
    ],
    [
      'a status of anything',
      'json-lines',
      ['{"time":"2026-11-22T08:59:00Z","status":403,"msg":"parts left"}'],
      null,
    ],
    [
      'a word of the log itself',
      'json-lines',
      ['{"time":"2026-11-22T08:59:00Z","method":"GET","status":403,"Outcome":"mine"}'],
      'mine',
    ],
    ['a text', 'plain', ['nothing denied, nothing failed'], null],
  ];

it.each(CASES)('says what became of it: %s', (_, format, lines, outcome) => {
  expect(outcomesOf(parseAll(format, lines))).toEqual([outcome]);
});

it('keeps what a log calls a node apart from the nodes of the swarm', () => {
  const [record] = parseAll('json-lines', [
    '{"time":"2026-11-22T08:59:00Z","node":"uku","Node":7,"name":"x"}',
  ]);
  if (record === undefined) throw new Error('No record');
  const event = eventOfRecord(record, null, { node: 'miu', source: 's', receivedAt: 1 });
  expect(event.node).toBe('miu');
  expect(event.fields).toEqual({ time: '2026-11-22T08:59:00Z', 'log.node': 'uku', 'log.Node': 7, name: 'x' });
});

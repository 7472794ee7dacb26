import { describe, expect, it } from 'vitest';
import { CONTEXT, parseAll } from '../testing/parse.ts';
import { createAuditdParser } from './auditd.ts';
import { decodeSocketAddress } from './socket-address.ts';

const call = (id: number, number: number, rest: string): string =>
  `type=SYSCALL msg=audit(1795338000.250:${id}): arch=c000003e syscall=${number} success=yes exit=0 ${rest} items=2 ppid=812 pid=4242 auid=4294967295 uid=1001 gid=1001 euid=1001 tty=(none) ses=4294967295 comm="curl" exe="/usr/bin/curl" subj=unconfined key="swarmkeep"`;

const START = [
  `${call(1, 59, 'a0=55d0 a1=55d1 a2=55d2 a3=8')}\u001dARCH=x86_64 SYSCALL=execve AUID="unset" UID="mycoswarm" GID="mycoswarm"`,
  'type=EXECVE msg=audit(1795338000.250:1): argc=3 a0="curl" a1="-d" a2=404D592046494C45',
  'type=CWD msg=audit(1795338000.250:1): cwd="/home/mycoswarm"',
  'type=PATH msg=audit(1795338000.250:1): item=0 name="/usr/bin/curl" inode=1048 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0',
  'type=PROCTITLE msg=audit(1795338000.250:1): proctitle=6375726C002D6400404D592046494C45',
];

describe('audit records', () => {
  it('makes every record an event of its own, and one of all that started a program', () => {
    const records = parseAll('auditd', START);
    expect(records.map((record) => record.fields.type ?? record.logsource.category)).toEqual([
      'SYSCALL',
      'EXECVE',
      'CWD',
      'PATH',
      'PROCTITLE',
      'process_creation',
    ]);
    expect(new Set(records.map((record) => record.group))).toEqual(new Set(['1795338000.250:1']));
    expect(records.every((record) => record.at === 1_795_338_000_250)).toBe(true);
    const [syscall, execve] = records;
    expect(syscall?.fields).toMatchObject({ SYSCALL: 'execve', a0: '55d0', exe: '/usr/bin/curl', uid: 1001 });
    expect(execve?.fields).toEqual({ type: 'EXECVE', argc: 3, a0: 'curl', a1: '-d', a2: '@MY FILE' });
    expect(execve?.fields).not.toHaveProperty('exe');
    expect(records[5]).toMatchObject({
      derived: true,
      logsource: { product: 'linux', category: 'process_creation', service: null },
      fields: {
        Image: '/usr/bin/curl',
        CommandLine: 'curl -d @MY FILE',
        CurrentDirectory: '/home/mycoswarm',
        User: 'mycoswarm',
        ProcessId: 4242,
        ParentProcessId: 812,
        LogonId: 4_294_967_295,
      },
    });
  });

  it('names the parent that was started before', () => {
    const child = START.map((line) =>
      line.replace(':1)', ':2)').replace('ppid=812 pid=4242', 'ppid=4242 pid=5000'),
    );
    const records = parseAll('auditd', [...START, ...child]);
    expect(records.at(-1)?.fields).toMatchObject({
      ParentImage: '/usr/bin/curl',
      ParentCommandLine: 'curl -d @MY FILE',
    });
  });

  it('knows what descends from the daemon, whatever the account and the key', () => {
    const exec = (id: number, pid: number, ppid: number, words: string): string[] => [
      `type=SYSCALL msg=audit(1795338000.250:${id}): arch=c000003e syscall=59 success=yes exit=0 ppid=${ppid} pid=${pid} uid=1000 exe="/usr/bin/x" key="exec"`,
      `type=EXECVE msg=audit(1795338000.250:${id}): argc=1 ${words
        .split(' ')
        .map((word, index) => `a${index}="${word}"`)
        .join(' ')}`,
      `type=PROCTITLE msg=audit(1795338000.250:${id}): proctitle="x"`,
    ];
    const derived = parseAll('auditd', [
      ...exec(20, 800, 1, '/usr/bin/python3 /home/miu/.local/bin/mycoswarm daemon --port 7890'),
      ...exec(21, 801, 800, 'unshare -rn python3 run.py'),
      ...exec(22, 802, 801, 'curl http://192.168.1.5/'),
      ...exec(23, 900, 1, 'bash'),
      ...exec(24, 901, 900, 'grep mycoswarm daemon'),
      ...exec(25, 801, 800, 'python3 run.py'),
      ...exec(26, 802, 900, 'vim'),
    ]).filter((record) => record.derived);
    expect(derived.map(({ fields }) => fields['swarmkeep.agent'] ?? false)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('reads what a Debian 12 wrote when the console asked whether it records', () => {
    const line =
      'type=EXECVE msg=audit(1795332995.323:266): argc=6 a0="env" a1="-i" a2="PATH=/usr/sbin:/usr/bin:/sbin:/bin" a3="LC_ALL=C" a4="/bin/true" a5="swarmkeep-probe-f1d4b6e64ae50a472955d8ba"';
    expect(parseAll('auditd', [line])[0]).toMatchObject({
      at: 1_795_332_995_323,
      group: '1795332995.323:266',
      fields: {
        a0: 'env',
        a2: 'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
        a5: 'swarmkeep-probe-f1d4b6e64ae50a472955d8ba',
      },
    });
  });

  it('names a running program by what it was started as: the kernel keeps the title that its parent had', () => {
    const by =
      'items=0 ppid=1816 pid=1855 auid=4294967295 uid=999 gid=995 euid=999 tty=(none) ses=4294967295';
    const who = 'comm="python3" exe="/usr/bin/python3.11" subj=unconfined key="swarmkeep"\u001dARCH=x86_64';
    const title = 'proctitle=2F62696E2F7368002D73';
    const connect = (id: number, change: (line: string) => string = (line) => line): string[] =>
      [
        `type=SYSCALL msg=audit(1795398331.060:${id}): arch=c000003e syscall=42 success=no exit=-101 a0=3 a1=7ffc a2=10 a3=0 ${by} ${who} SYSCALL=connect UID="mycoswarm"`,
        `type=SOCKADDR msg=audit(1795398331.060:${id}): saddr=020001BBC63364090000000000000000`,
        `type=PROCTITLE msg=audit(1795398331.060:${id}): ${title}`,
      ].map(change);
    const start = [
      `type=SYSCALL msg=audit(1795398329.680:447): arch=c000003e syscall=59 success=yes exit=0 a0=7ffe a1=7ffe a2=55c7 a3=7f30 ${by} ${who} SYSCALL=execve UID="mycoswarm"`,
      'type=EXECVE msg=audit(1795398329.680:447): argc=3 a0="python3" a1="-c" a2="import socket"',
      `type=PROCTITLE msg=audit(1795398329.680:447): ${title}`,
    ];
    const commands = (lines: readonly string[]) =>
      parseAll('auditd', lines).flatMap(({ derived, fields }) => (derived ? [fields.CommandLine] : []));
    expect(commands([...start, ...connect(493)])).toEqual([
      'python3 -c import socket',
      'python3 -c import socket',
    ]);
    // A later process with the same id, or one that was started before this log begins.
    const later = (line: string) => line.replace('ppid=1816', 'ppid=7');
    const other = (line: string) => line.replace('python3.11', 'perl');
    expect(commands([...start, ...connect(494, later)])[1]).toBe('/bin/sh -s');
    expect(commands([...start, ...connect(495, other)])[1]).toBe('/bin/sh -s');
    expect(commands(connect(496))).toEqual(['/bin/sh -s']);
  });

  it('reads the name of a system call from its number where auditd did not', () => {
    const [record] = parseAll('auditd', [call(3, 103, 'a0=4 a1=0 a2=0 a3=0')]);
    expect(record?.fields).toMatchObject({ SYSCALL: 'syslog', a0: '4' });
    const arm = call(4, 203, 'a0=4').replace('c000003e', 'c00000b7');
    expect(parseAll('auditd', [arm])[0]?.fields.SYSCALL).toBe('connect');
    const unknown = call(5, 203, 'a0=4').replace('c000003e', '40000028');
    expect(parseAll('auditd', [unknown])[0]?.fields).not.toHaveProperty('SYSCALL');
  });

  it('makes a connection of connect and its address', () => {
    const records = parseAll('auditd', [
      call(6, 42, 'a0=3 a1=7ffe a2=10 a3=0').replace('success=yes exit=0', 'success=no exit=-115'),
      'type=SOCKADDR msg=audit(1795338000.250:6): saddr=020001BBCB0071050000000000000000',
      'type=PROCTITLE msg=audit(1795338000.250:6): proctitle="curl"',
    ]);
    expect(records.at(-1)).toMatchObject({
      logsource: { category: 'network_connection' },
      fields: {
        DestinationIp: '203.0.113.5',
        DestinationPort: 443,
        Initiated: 'true',
        success: 'no',
        exit: -115,
      },
    });
  });

  it('makes events of files that were changed, read and made, with their whole path', () => {
    const open = (id: number, flags: string, name: string, kind: string): string[] => [
      call(id, 257, `a0=ffffff9c a1=7ffe a2=${flags} a3=1b6`),
      `type=CWD msg=audit(1795338000.250:${id}): cwd="/home/mycoswarm"`,
      `type=PATH msg=audit(1795338000.250:${id}): item=0 name="/home/mycoswarm/" inode=1 nametype=PARENT`,
      `type=PATH msg=audit(1795338000.250:${id}): item=1 name="${name}" inode=2 nametype=${kind}`,
      `type=PROCTITLE msg=audit(1795338000.250:${id}): proctitle="python3"`,
    ];
    const seen = parseAll('auditd', [
      ...open(7, '80000', '.ssh/id_ed25519', 'NORMAL'),
      ...open(8, '241', '../../etc/cron.d/x', 'CREATE'),
      ...open(9, '80401', 'notes.txt', 'NORMAL'),
      ...open(10, '80000', '/usr/lib/python3/os.py', 'NORMAL'),
    ]).filter((record) => record.derived);
    expect(
      seen.map(({ logsource, fields }) => [logsource.category, fields.Operation, fields.TargetFilename]),
    ).toEqual([
      ['file_access', 'read', '/home/mycoswarm/.ssh/id_ed25519'],
      ['file_event', 'create', '/etc/cron.d/x'],
      ['file_event', 'write', '/home/mycoswarm/notes.txt'],
    ]);
  });

  it('tells which file was refused to whoever wanted to read it, and nothing of changes that were', () => {
    const refused = (id: number, flags: string, exit: number): string[] => [
      call(id, 257, `a0=ffffff9c a1=7ffe a2=${flags} a3=0`).replace(
        'success=yes exit=0',
        `success=no exit=${exit}`,
      ),
      `type=CWD msg=audit(1795338000.250:${id}): cwd="/tmp"`,
      `type=PATH msg=audit(1795338000.250:${id}): item=0 name="/etc/shadow" inode=2 nametype=NORMAL`,
      `type=PROCTITLE msg=audit(1795338000.250:${id}): proctitle="cat"`,
    ];
    const seen = parseAll('auditd', [
      ...refused(31, '0', -13),
      ...refused(32, '1', -13),
      ...refused(33, '0', -2),
    ]);
    expect(seen.filter(({ derived }) => derived)).toMatchObject([
      {
        logsource: { category: 'file_access' },
        message: '/usr/bin/curl: read /etc/shadow, refused',
        fields: { TargetFilename: '/etc/shadow', success: 'no', exit: -13, Outcome: 'stopped' },
      },
    ]);
  });

  it('does not say that a program was started that is not there, and says what was asked for when it was refused', () => {
    const failed = (exit: number): string[] =>
      START.map((line) =>
        line
          .replace('success=yes exit=0', `success=no exit=${exit}`)
          .replace('exe="/usr/bin/curl"', 'exe="/usr/bin/python3"'),
      );
    expect(parseAll('auditd', failed(-2)).filter((record) => record.derived)).toEqual([]);
    expect(parseAll('auditd', failed(-13)).at(-1)?.fields).toMatchObject({
      Image: '/usr/bin/curl',
      success: 'no',
    });
  });

  it('opens the message of a program, whatever names are in it', () => {
    const [record] = parseAll('auditd', [
      `type=USER_CMD msg=audit(1795338000.000:11): pid=12 uid=1001 auid=1001 ses=3 msg='cwd="/home/o'neil" cmd=6361742073656372657473 exe="/usr/bin/sudo" terminal=pts/0 res=failed'\u001dUID="mycoswarm"`,
    ]);
    expect(record).toMatchObject({
      severity: 'warning',
      fields: { type: 'USER_CMD', cwd: "/home/o'neil", cmd: 'cat secrets', res: 'failed', UID: 'mycoswarm' },
    });
  });

  it('keeps what waits over a restart, and does not wait where nothing closes a happening', () => {
    const first = createAuditdParser();
    for (const line of START.slice(0, 3)) first.parse(line, CONTEXT);
    const second = createAuditdParser(JSON.parse(JSON.stringify(first.state())));
    const records = START.slice(3).flatMap((line) => second.parse(line, CONTEXT));
    expect(records.at(-1)?.fields.CommandLine).toBe('curl -d @MY FILE');
    expect(second.state()).toBe(null);
    const withoutTitles = [...START.slice(0, 4), call(2, 59, 'a0=1')];
    const third = createAuditdParser();
    const seen = withoutTitles.flatMap((line) => third.parse(line, CONTEXT));
    expect(seen.map((record) => record.derived)).toEqual([false, false, false, false, true, false]);
    expect(createAuditdParser({ groups: 'no' }).state()).toBe(null);
  });

  it('joins an argument that was written in pieces', () => {
    const records = parseAll('auditd', [
      START[0] as string,
      'type=EXECVE msg=audit(1795338000.250:1): argc=2 a0="sh" a1_len=10 a1[0]="curl " a1[1]="http:"',
      'type=EXECVE msg=audit(1795338000.250:1): a1[2]="//x"',
      START[4] as string,
    ]);
    expect(records.at(-1)?.fields.CommandLine).toBe('sh curl http://x');
  });

  it('reads records with a node, behind syslog and of the kernel itself', () => {
    const body = 'audit(1795338000.250:77): pid=1 uid=0 res=1';
    const node = parseAll('auditd', [`node=owl type=CONFIG_CHANGE msg=${body}`])[0];
    expect(node).toMatchObject({
      group: 'owl@1795338000.250:77',
      fields: { node: 'owl', type: 'CONFIG_CHANGE' },
    });
    const kernel = parseAll('syslog', [
      `Nov 22 09:00:00 owl kernel: [ 1.5] audit: type=1400 ${body} apparmor="DENIED"`,
    ])[0];
    expect(kernel).toMatchObject({ severity: 'warning', fields: { type: 'AVC', apparmor: 'DENIED' } });
    expect(kernel?.logsource.service).toBe('auditd');
  });

  it.each([
    ['0A0001BB0000000020010DB8000000000000000000000001', { family: 'inet6', ip: '2001:db8::1', port: 443 }],
    ['0A0000350000000000000000000000000000FFFF0A000001', { family: 'inet6', ip: '10.0.0.1', port: 53 }],
    ['01002F72756E2F646F636B65722E736F636B00', { family: 'unix', path: '/run/docker.sock' }],
    ['0100006162', { family: 'unix', path: '@ab' }],
    ['100000000000', { family: 'other', number: 16 }],
    ['02', null],
    ['zz', null],
  ])('decodes the address %s', (saddr, expected) => {
    expect(decodeSocketAddress(saddr)).toEqual(expected);
  });
});

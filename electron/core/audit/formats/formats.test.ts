import { describe, expect, it } from 'vitest';
import { detectFormat } from './all-formats.ts';
import { parseAll, parseOne } from './testing/parse.ts';

const JOURNAL = {
  __CURSOR: 's=1',
  __REALTIME_TIMESTAMP: '1795334341123456',
  _TRANSPORT: 'stdout',
  PRIORITY: '4',
  _PID: '812',
  _UID: '1001',
  _EXE: '/usr/bin/python3.11',
  _SYSTEMD_UNIT: 'mycoswarm.service',
  _HOSTNAME: 'owl',
  SYSLOG_IDENTIFIER: 'mycoswarm',
};
const journal = (entry: Record<string, unknown>): string => JSON.stringify({ ...JOURNAL, ...entry });

describe('formats', () => {
  it('reads JSON lines flat, with the names of loggers', () => {
    const line =
      '{"@timestamp":"2026-11-22T08:59:01Z","level":"warn","msg":"hello","user":{"name":"a","roles":["x","y"]},"list":[{"id":1},{"id":2}],"__proto__":{"x":1},"constructor":"c"}';
    const record = parseOne('json-lines', line);
    expect(record).toMatchObject({
      at: Date.UTC(2026, 10, 22, 8, 59, 1),
      severity: 'warning',
      message: 'hello',
    });
    expect(Object.entries(record.fields)).toEqual([
      ['@timestamp', '2026-11-22T08:59:01Z'],
      ['level', 'warn'],
      ['msg', 'hello'],
      ['user.name', 'a'],
      ['user.roles', ['x', 'y']],
      ['list.id', [1, 2]],
      ['__proto__.x', 1],
      ['constructor', 'c'],
    ]);
    expect(parseOne('json-lines', '{"__proto__":7}').fields).toEqual({ '(__proto__)': 7 });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('reads logfmt and what a shell writes', () => {
    const line = `ts=2026-11-22T08:59:01Z level=error msg="it \\"went\\" wrong\\n" path='/a b' count=3 ok=true user=a user=b bare`;
    expect(parseOne('key-value', line)).toMatchObject({
      severity: 'error',
      message: 'it "went" wrong\n',
      fields: { path: '/a b', count: 3, ok: true, user: ['a', 'b'] },
    });
  });

  it("reads what Docker keeps of a container's output", () => {
    const line =
      '{"log":"08:59:01 | INFO  | plugin loaded: notes\\n","stream":"stdout","time":"2026-11-22T08:59:01.5Z","attrs":{"tag":"x"}}';
    expect(parseOne('docker-json', line)).toMatchObject({
      at: Date.UTC(2026, 10, 22, 8, 59, 1, 500),
      logsource: { service: 'mycoswarm' },
      message: 'plugin loaded: notes',
      fields: { stream: 'stdout', action: 'plugin_loaded', plugin: 'notes', 'attrs.tag': 'x' },
    });
    const piece = parseOne(
      'docker-json',
      '{"log":"half a l","stream":"stderr","time":"2026-11-22T08:59:01Z"}',
    );
    expect(piece.fields.partial).toBe(true);
  });

  it('reads the journal and what is in it', () => {
    const own = parseOne(
      'journal-json',
      journal({ MESSAGE: '08:59:01 | INFO  | 🔒 Running code (timeout=30s, net_isolated=False)' }),
    );
    expect(own).toMatchObject({
      at: 1_795_334_341_123,
      severity: 'info',
      logsource: { category: 'tool_call', service: 'mycoswarm' },
      fields: { net_isolated: false, uid: 1001, ProcessId: 812, Image: '/usr/bin/python3.11' },
    });
    const bytes = parseOne(
      'journal-json',
      journal({ MESSAGE: [104, 105, 255, 0], _SYSTEMD_UNIT: 'ssh.service', SYSLOG_IDENTIFIER: 'x' }),
    );
    expect(bytes).toMatchObject({
      message: 'hi\uFFFD\0',
      severity: 'warning',
      logsource: { service: 'syslog' },
    });
    const fake = parseOne(
      'journal-json',
      journal({
        MESSAGE: 'dropped IN= OUT=x SRC=1.1.1.1 DST=2.2.2.2 ',
        _SYSTEMD_UNIT: 'x.service',
        SYSLOG_IDENTIFIER: 'kernel',
      }),
    );
    expect(fake.logsource.category).toBe(null);
    const [audit] = parseAll('journal-json', [
      journal({
        _TRANSPORT: 'audit',
        _AUDIT_TYPE_NAME: 'USER_AUTH',
        _AUDIT_ID: '99',
        MESSAGE: 'USER_AUTH pid=3 uid=0 msg=\'op=PAM:auth acct="root" res=failed\'',
      }),
    ]);
    expect(audit).toMatchObject({
      group: '1795334341.123:99',
      severity: 'warning',
      fields: { type: 'USER_AUTH', acct: 'root' },
    });
  });

  it.each([
    ['json-lines', ['{"a":1}', '{"b":2}']],
    ['key-value', ['a=1 b=2 c="x y"', 'level=info msg=hello']],
    [
      'auditd',
      ['type=CWD msg=audit(1795338000.250:1): cwd="/"', 'node=a type=EOE msg=audit(1795338000.250:1): '],
    ],
    [
      'syslog',
      [
        'Nov 22 08:59:01 owl sshd[9]: x',
        '<34>1 2026-11-22T08:59:01Z owl su - - - x',
        '2026-11-22T08:59:01+01:00 owl cron[1]: y',
      ],
    ],
    [
      'mycoswarm',
      [
        '',
        '🍄 mycoSwarm Daemon',
        '=====',
        '08:59:01 | INFO  | Detecting hardware...',
        '08:59:01 | INFO  | x',
      ],
    ],
    ['mycoswarm', ['{"timestamp": "x", "path": "/", "operation": "read", "allowed": true}']],
    ['docker-json', ['{"log":"x\\n","stream":"stdout","time":"2026-11-22T08:59:01Z"}']],
    ['journal-json', [journal({ MESSAGE: 'x' })]],
    ['plain', ['hello', 'there']],
    ['plain', []],
  ])('recognises %s', (id, lines) => {
    expect(detectFormat(lines)).toBe(id);
  });

  it('reads time and level of plain text, and keeps the rest', () => {
    expect(parseOne('plain', '[2026-11-22 08:59:01,123] ERROR something')).toMatchObject({
      at: Date.UTC(2026, 10, 22, 7, 59, 1, 123),
      severity: 'error',
      message: '[2026-11-22 08:59:01,123] ERROR something',
    });
  });
});

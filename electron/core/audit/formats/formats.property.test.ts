import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMAT_IDS } from '#shared/domain/audit/source.ts';
import { detectFormat, formatOf } from './all-formats.ts';
import { CUT_FIELD, RECORD_LIMITS } from './field-set.ts';
import { CONTEXT, parseAll } from './testing/parse.ts';

const SEEDS = [
  'type=SYSCALL msg=audit(1795338000.250:1): arch=c000003e syscall=59 success=yes exit=0 a0=1 pid=1 uid=0 exe="/x" ',
  "type=USER_CMD msg=audit(1795338000.250:2): pid=1 msg='cmd=6162 res=failed'",
  'type=EXECVE msg=audit(1795338000.250:1): argc=1 a0="x" a1[0]=61',
  'type=PROCTITLE msg=audit(1795338000.250:1): proctitle=61',
  'Nov 22 08:59:01 owl sshd[9]: Failed password for x from 1.2.3.4 port 5 ssh2',
  '<34>1 2026-11-22T08:59:01Z owl su - - [a b="c"] x',
  'Nov 22 08:59:01 owl kernel: x IN= OUT=e SRC=1.1.1.1 DST=2.2.2.2 UID=1 ',
  'Nov 22 08:59:01 owl sudo: a : TTY=x ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  '08:59:01 | INFO  | ⚙️  Executing: a (b) (code_run)',
  '{"log":"x\\n","stream":"stdout","time":"2026-11-22T08:59:01Z"}',
  '{"__REALTIME_TIMESTAMP":"1795334341123456","MESSAGE":[1,2],"_TRANSPORT":"audit","_AUDIT_ID":"1","_AUDIT_TYPE_NAME":"CWD"}',
  '{"timestamp":"x","path":"/","operation":"read","allowed":true}',
  'a=1 b="x\\"y" c=\'z\'',
];
const PIECES = [...'="\'\\{}[]()<>|: ;\0\u001d\u2028\uFFFD\uD800', '__proto__=1', 'msg=', '] ', 'IN= OUT= '];

/** Lines of every kind, cut and spliced, with pieces in them that mean something to a parser. */
const hostileLine = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .tuple(
      fc.constantFrom(...SEEDS),
      fc.constantFrom(...SEEDS),
      fc.nat(200),
      fc.nat(200),
      fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }),
    )
    .map(([one, two, from, to, pieces]) => one.slice(0, from) + pieces.join('') + two.slice(to)),
  fc.json().map((text) => text),
);

describe('whatever a log says', { timeout: 60_000 }, () => {
  it('never throws, and what comes out is bounded', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FORMAT_IDS), fc.array(hostileLine, { maxLength: 12 }), (id, lines) => {
        const records = parseAll(id, lines);
        expect(records.filter((record) => !record.derived).length).toBe(lines.length);
        for (const record of records) {
          expect(record.message.length).toBeLessThanOrEqual(RECORD_LIMITS.message);
          expect(record.at === null || (Number.isInteger(record.at) && Math.abs(record.at) <= 8.64e15)).toBe(
            true,
          );
          expect(Object.keys(record.fields).length).toBeLessThanOrEqual(RECORD_LIMITS.fields + 1);
          expect(Object.getPrototypeOf(record.fields)).toBe(Object.prototype);
        }
        expect(FORMAT_IDS).toContain(detectFormat(lines));
      }),
      { numRuns: 300 },
    );
  });

  it('goes on from any kept state, and from any nonsense instead of one', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (state) => {
        for (const id of FORMAT_IDS) formatOf(id).createParser(state).flush(CONTEXT);
      }),
      { numRuns: 100 },
    );
  });

  it('gives back the arguments that the kernel was told', () => {
    const encode = (text: string): string =>
      /^[\x21\x23-\x7e]*$/.test(text) ? `"${text}"` : Buffer.from(text).toString('hex').toUpperCase();
    const argument = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .filter((text) => text.isWellFormed() && !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), argument, (words, folder) => {
        const id = 'msg=audit(1795338000.250:5)';
        const named = words.map((word, index) => `a${index}=${encode(word)}`).join(' ');
        const records = parseAll('auditd', [
          `type=SYSCALL ${id}: arch=c000003e syscall=59 success=yes exit=0 pid=7 ppid=6 uid=1001 exe="/bin/x"`,
          `type=EXECVE ${id}: argc=${words.length} ${named}`,
          `type=CWD ${id}: cwd=${encode(`/${folder}`)}`,
          `type=PROCTITLE ${id}: proctitle="x"`,
        ]);
        expect(words.map((_, index) => records[1]?.fields[`a${index}`] ?? null)).toEqual(words);
        const made = records.at(-1)?.fields;
        expect(made?.CommandLine ?? '').toBe(words.join(' '));
        expect(made?.CurrentDirectory).toBe(`/${folder}`);
      }),
      { numRuns: 200 },
    );
  });

  it('cuts what is too long or too much, and says so', () => {
    const many = parseAll('key-value', [
      Array.from({ length: 2_000 }, (_, index) => `k${index}=v`).join(' '),
    ])[0];
    expect(Object.keys(many?.fields ?? {}).length).toBe(RECORD_LIMITS.fields + 1);
    expect(many?.fields[CUT_FIELD]).toBe(true);
    const long = parseAll('auditd', [
      `type=EXECVE msg=audit(1795338000.250:1): argc=1 a0="${'x'.repeat(100_000)}"`,
    ])[0];
    expect(String(long?.fields.a0).length).toBe(RECORD_LIMITS.value);
    expect(long?.fields[CUT_FIELD]).toBe(true);
    const deep = parseAll('json-lines', [`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`])[0];
    expect(deep?.fields[CUT_FIELD]).toBe(true);
  });

  it('does not unfold a mass of small things, and reads one large thing', () => {
    const mass = parseAll('json-lines', [`{"a":[${'{},'.repeat(200_000)}{}]}`])[0];
    expect(mass?.fields).toEqual({});
    const large = parseAll('json-lines', [JSON.stringify({ a: 1, b: '{,['.repeat(100_000) })])[0];
    expect(large?.fields).toMatchObject({ a: 1, [CUT_FIELD]: true });
  });

  it.each([
    ['json-lines', '[{'],
    ['json-lines', '{"a":['],
    ['json-lines', '{"a":{},'],
    ['key-value', 'a="\\'],
    ['key-value', '=" '],
    ['auditd', "type=X msg=audit(1795338000.250:1): msg='"],
    ['auditd', 'type=X msg=audit(1795338000.250:1): a=" '],
    ['syslog', '<34>1 2026-11-22T08:59:01Z a b c d [x y="'],
    ['syslog', 'Nov 22 08:59:01 owl sshd[9]: Failed password for x from 1.1.1.1 port 22'],
    ['syslog', 'Nov 22 08:59:01 owl sudo: a : x ; '],
    ['mycoswarm', '08:59:01 | INFO  | Executing: ('],
    ['mycoswarm', '08:59:01 | INFO  | Failed:  —'],
    ['journal-json', '{"MESSAGE":['],
    ['docker-json', '{"log":"'],
    ['plain', '['],
  ] as const)('reads 8 Mi characters as %s in linear time', (id, piece) => {
    const read = (length: number): number => {
      const line = piece + piece.slice(-6).repeat(Math.ceil(length / Math.min(6, piece.length)));
      const before = process.cpuUsage().user;
      parseAll(id, [line]);
      return (process.cpuUsage().user - before) / 1_000;
    };
    read(1_000);
    expect(read(8 * 1024 * 1024)).toBeLessThan(4_000);
  });
});

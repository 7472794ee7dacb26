import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { noLogBecause } from './log-text.ts';

const line = 'Nov 22 08:59:58 miu sshd[7]: Failed password for root from 192.0.2.7 port 40022 ssh2\n';
const log = Buffer.from(line.repeat(50));

it.each([
  ['a log', log],
  ['nothing', Buffer.alloc(0)],
  ['few bytes', Buffer.from([1, 2, 3])],
  ['a hole where the log was cut', Buffer.concat([Buffer.alloc(70_000), log])],
  ['a hole and a line', Buffer.concat([Buffer.alloc(4_096), log])],
  ['colours of a terminal', Buffer.from(`\u001b[31m${line}\u001b[0m`.repeat(50))],
  ['records of auditd', Buffer.from(`type=SYSCALL msg=audit(1.000:1): a0=1\u001dUID="root"\n`.repeat(50))],
  ['another character set', Buffer.from('gr\u00fc\u00dfe aus k\u00f6ln\n'.repeat(50), 'latin1')],
  ['a line with bytes that somebody hostile wrote', Buffer.concat([log, randomBytes(64), log])],
])('takes %s', (_, bytes) => {
  expect(noLogBecause(bytes)).toBeNull();
});

it.each([
  ['this program', readFileSync(process.execPath).subarray(0, 100_000), /program/],
  ['random bytes', randomBytes(10_000), /no text/],
  ['a packed log under a plain name', gzipSync(log), /gzip/],
  ['another one', zstdCompressSync(log), /zstd/],
  ['text in UTF-16', Buffer.from(`\ufeff${line}`, 'utf16le'), /UTF-16/],
  ['the same without a mark', Buffer.from(line.repeat(50), 'utf16le'), /no text/],
  ['a database', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4_080)]), /database/],
])('refuses %s', (_, bytes, why) => {
  expect(noLogBecause(bytes)).toMatch(why);
});

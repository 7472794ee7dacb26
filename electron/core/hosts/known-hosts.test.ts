import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  confirmedHostKeys,
  confirmHostKeys,
  forgetHostKeys,
  knownHostsName,
  readHostKeyLine,
} from './known-hosts.ts';

/** A key as sshd has it: type and 32 bytes, each with its length before it (RFC 8709). */
function keyBlob(type: string, fill: number): string {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type.length);
  return Buffer.concat([
    head,
    Buffer.from(type),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, fill),
  ]).toString('base64');
}
const blob = keyBlob('ssh-ed25519', 1);
const target = { host: 'miu.local', port: 22 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarmkeep-known-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('known hosts', () => {
  it('names a host as OpenSSH does', () => {
    expect(knownHostsName('Miu.local', 22)).toBe('miu.local');
    expect(knownHostsName('192.168.1.5', 2222)).toBe('[192.168.1.5]:2222');
    expect(knownHostsName('fe80::1', 22)).toBe('fe80::1');
  });

  it('keeps what was confirmed, replaces the keys of the same host only, and forgets', async () => {
    const other = { host: 'boa', port: 2222 };
    await confirmHostKeys(folder, target, [`miu.local ssh-ed25519 ${blob}`]);
    await confirmHostKeys(folder, other, [`[boa]:2222 ssh-ed25519 ${blob}`]);
    const changed = keyBlob('ssh-ed25519', 2);
    expect(await confirmHostKeys(folder, target, [`miu.local ssh-ed25519 ${changed}`])).toMatchObject({
      ok: true,
    });
    const text = await readFile(join(folder, 'known_hosts'), 'utf8');
    expect(text).toBe(`[boa]:2222 ssh-ed25519 ${blob}\nmiu.local ssh-ed25519 ${changed}\n`);
    expect((await stat(join(folder, 'known_hosts'))).mode & 0o777).toBe(0o600);
    await forgetHostKeys(folder, target);
    expect(await confirmedHostKeys(folder, target)).toEqual([]);
    expect(await confirmedHostKeys(folder, other)).toHaveLength(1);
  });

  it.each([
    ['a pattern', `* ssh-ed25519 ${blob}`],
    ['another host', `boa ssh-ed25519 ${blob}`],
    ['several hosts', `miu.local,boa ssh-ed25519 ${blob}`],
    ['an authority', `@cert-authority miu.local ssh-ed25519 ${blob}`],
    ['a second line', `miu.local ssh-ed25519 ${blob}\n* ssh-ed25519 ${blob}`],
    ['a comment behind it', `miu.local ssh-ed25519 ${blob} x`],
    ['a type that the key is not', `miu.local ssh-rsa ${blob}`],
    ['no key', 'miu.local ssh-ed25519 AAAA'],
  ])('refuses to store %s', async (_name, line) => {
    expect(await confirmHostKeys(folder, target, [line])).toMatchObject({ ok: false });
    expect(await confirmedHostKeys(folder, target)).toEqual([]);
  });

  it('reads any line without failing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0x2100 })), fc.base64String(), (units, base64) => {
        const text = String.fromCharCode(...units);
        for (const line of [text, `miu.local ${text}`, `miu.local ssh-ed25519 ${base64}`]) {
          const key = readHostKeyLine(line, 'miu.local');
          if (key) expect(key.line).toMatch(/^miu\.local ssh-ed25519 [A-Za-z0-9+/=]+$/);
        }
      }),
    );
  });
});

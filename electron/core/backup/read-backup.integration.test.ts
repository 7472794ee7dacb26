import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Encrypter } from 'age-encryption';
import { Header } from 'tar';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BackupManifest } from './manifest.ts';
import { unpackBackup } from './read-backup.ts';

const PASSPHRASE = 'correct horse battery staple';
const VERSION = '0.0.0-test';
const NOW = new Date('2026-11-22T12:00:00Z');

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-unpack-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

it('writes no file that is not of a console, whatever a stranger packs', async () => {
  const files = { name: 'swarmkeep.db', bytes: 1, sha256: '0'.repeat(64) };
  const manifest = (changed: object = {}): string =>
    JSON.stringify({
      format: 'swarmkeep-backup',
      version: 1,
      madeAt: NOW.toISOString(),
      madeBy: VERSION,
      computer: 'x',
      checkpoint: '',
      files: [files],
      ...changed,
    } satisfies Partial<Record<keyof BackupManifest, unknown>>);
  const cases: Record<string, [string, string][]> = {
    'no manifest': [['swarmkeep.db', 'x']],
    'a path that leads out': [
      ['manifest.json', manifest({ files: [{ ...files, name: '../escaped' }] })],
      ['../escaped', 'x'],
    ],
    'a name that is not listed': [
      ['manifest.json', manifest()],
      ['known_hosts', 'x'],
    ],
    'other bytes': [
      ['manifest.json', manifest()],
      ['swarmkeep.db', 'x'],
    ],
    'one too few': [['manifest.json', manifest()]],
    'a newer form': [['manifest.json', manifest({ version: 2 })]],
    'a name twice': [['manifest.json', manifest({ files: [files, files] })]],
    'no JSON': [['manifest.json', '{"__proto__":']],
  };
  for (const [what, entries] of Object.entries(cases)) {
    const folder = mkdtempSync(join(base, 'unpacked-'));
    const packed = join(base, 'packed.age');
    await pack(packed, entries);
    const unpacking = unpackBackup({ file: packed, passphrase: PASSPHRASE, folder });
    await expect(unpacking, what).rejects.toThrow(/Nothing was restored/);
    expect(readdirSync(base).sort(), what).toEqual([folder.slice(base.length + 1), 'packed.age'].sort());
    rmSync(folder, { recursive: true });
  }
});

/** A file of age with an archive of our choice. */
async function pack(target: string, entries: readonly [string, string][]): Promise<void> {
  const blocks: Buffer[] = [];
  for (const [path, text] of entries) {
    const block = Buffer.alloc(512);
    new Header({ path, size: Buffer.byteLength(text), type: 'File', mode: 0o600, mtime: NOW }).encode(
      block,
      0,
    );
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    blocks.push(block, body);
  }
  const encrypter = new Encrypter();
  encrypter.setPassphrase(PASSPHRASE);
  encrypter.setScryptWorkFactor(8);
  writeFileSync(target, await encrypter.encrypt(Buffer.concat([...blocks, Buffer.alloc(1_024)])));
}

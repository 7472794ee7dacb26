import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Header } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceManifest, EvidencePiece } from '#shared/domain/incident/evidence.ts';
import { archiveSeal } from './archive-form.ts';
import { readArchive } from './read-archive.ts';
import { verifyArchive } from './verify-archive.ts';
import { ArchiveWriter } from './write-archive.ts';

const AT = '2026-11-23T04:00:00.000Z';
let base: string;
let file: string;
let sha256: string;
const contents = ['ps\n', 'x'.repeat(700), '\0\xff'.repeat(3_000)].map((text) => Buffer.from(text, 'latin1'));

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-archive-'));
  file = join(base, 'miu.tar.zst');
  const writer = await ArchiveWriter.open(file);
  for (const [at, content] of contents.entries()) await writer.add(nameOf(at), content, new Date(AT));
  await writer.add('manifest.json', manifestOf(contents), new Date(AT));
  ({ sha256 } = await writer.finish());
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const nameOf = (at: number): string => `01-processes/000${at + 1}-ps`;
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function manifestOf(all: readonly Buffer[]): Buffer {
  const pieces = all.map(
    (content, at): EvidencePiece => ({
      subject: 'processes',
      origin: 'ps',
      outcome: 'whole',
      why: '',
      name: nameOf(at),
      bytes: content.length,
      sha256AtSource: hash(content),
      sha256Received: hash(content),
      sha256: hash(content),
      sealed: 0,
      takenAt: AT,
    }),
  );
  const manifest: EvidenceManifest = {
    format: 'swarmkeep-evidence',
    version: 1,
    id: '20261123t040000-00000000',
    incident: null,
    node: { id: 'miu', name: 'miu' },
    takenAt: AT,
    endedAt: AT,
    takenBy: 'test',
    privilege: 'root',
    skewMs: null,
    pieces,
  };
  return Buffer.from(JSON.stringify(manifest));
}

describe('an archive of evidence', () => {
  it('is read back whole, is for its owner only, and tar would open it', async () => {
    expect(await readArchive(file)).toMatchObject({ ok: true, sha256 });
    expect(hash(readFileSync(file))).toBe(sha256);
    expect(readdirSync(base)).toEqual(['miu.tar.zst']);
  });

  it('shows every flipped bit of every byte, and every cut, by itself alone', async () => {
    const whole = readFileSync(file);
    const broken = join(base, 'broken');
    const missed: number[] = [];
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(broken, bytes);
      if ((await readArchive(broken)).ok) missed.push(at);
    }
    for (const length of [0, 1, 30, 71, 72, whole.length >> 1, whole.length - 1]) {
      writeFileSync(broken, whole.subarray(0, length));
      if ((await readArchive(broken)).ok) missed.push(-length);
    }
    writeFileSync(broken, Buffer.concat([whole, Buffer.alloc(1)]));
    if ((await readArchive(broken)).ok) missed.push(whole.length);
    expect(missed).toEqual([]);
    rmSync(broken);
  });

  it('that was made anew on purpose is not the one of the ledger', async () => {
    const manifestSha256 = hash(manifestOf(contents));
    const known = async () => ({ sha256, manifestSha256 });
    expect(await verifyArchive(file, known)).toMatchObject({ verified: true, against: 'ledger' });
    expect(await verifyArchive(file, async () => null)).toMatchObject({ verified: true, against: 'itself' });
    const anew = join(base, 'anew');
    const writer = await ArchiveWriter.open(anew);
    const others = [Buffer.from('nothing to see\n'), ...contents.slice(1)];
    for (const [at, content] of others.entries()) await writer.add(nameOf(at), content, new Date(AT));
    await writer.add('manifest.json', manifestOf(others), new Date(AT));
    await writer.finish();
    expect(await verifyArchive(anew, known)).toMatchObject({ verified: false, against: 'ledger' });
    rmSync(anew);
  });

  it('leaves nothing when it is given up', async () => {
    const writer = await ArchiveWriter.open(join(base, 'given-up'));
    await writer.add(nameOf(0), Buffer.alloc(100_000, 1), new Date(AT));
    await writer.abandon();
    expect(readdirSync(base)).toEqual(['miu.tar.zst']);
  });
});

interface Made {
  path: string;
  type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO' | 'Directory';
  linkpath?: string;
  content?: Buffer;
}

/** An archive as an attacker makes one, sealed as ours are. */
function craft(entries: readonly Made[], compressed?: Buffer): string {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath, content = Buffer.alloc(0) }) => {
    const head = Buffer.alloc(512);
    new Header({
      path,
      type,
      size: content.length,
      mode: 0o644,
      mtime: new Date(AT),
      ...(linkpath !== undefined && { linkpath }),
    }).encode(head);
    return [head, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  const packed = compressed ?? zstdCompressSync(Buffer.concat([...blocks, Buffer.alloc(1_024)]));
  const made = join(base, 'crafted');
  writeFileSync(made, Buffer.concat([packed, archiveSeal(createHash('sha256').update(packed).digest())]));
  return made;
}

describe('an archive that somebody else made', () => {
  const manifest: Made = { path: 'manifest.json', content: manifestOf([]) };
  const good: Made = { path: nameOf(0), content: Buffer.from('ps\n') };

  it('is taken when it is as ours are: what follows is refused for what is wrong with it', async () => {
    const own = { path: 'manifest.json', content: manifestOf([Buffer.from('ps\n')]) };
    expect(await readArchive(craft([good, own]))).toMatchObject({ ok: true });
    expect(await readArchive(craft([manifest]))).toMatchObject({ ok: true });
  });

  it.each<[string, Made[], RegExp]>([
    ['a way out', [{ path: '../../etc/passwd', content: Buffer.from('x') }, manifest], /name that is not/],
    ['an absolute name', [{ path: '/etc/passwd', content: Buffer.from('x') }, manifest], /name that is not/],
    ['a name with a line end', [{ path: '01-processes/0001-a\nb' }, manifest], /name that is not/],
    ['a way out inside', [{ path: '01-processes/../../x' }, manifest], /name that is not/],
    [
      'a link',
      [{ path: nameOf(0), type: 'SymbolicLink', linkpath: '/etc/shadow' }, manifest],
      /SymbolicLink/,
    ],
    ['a hard link', [{ path: nameOf(0), type: 'Link', linkpath: '/etc/shadow' }, manifest], /Link/],
    ['a device', [{ path: nameOf(0), type: 'CharacterDevice' }, manifest], /CharacterDevice/],
    ['a pipe', [{ path: nameOf(0), type: 'FIFO' }, manifest], /FIFO/],
    ['a folder', [{ path: '01-processes/', type: 'Directory' }, manifest], /Directory/],
    ['a name twice', [good, good, manifest], /twice/],
    ['something behind the manifest', [manifest, good], /behind its manifest/],
    ['no manifest', [good], /no manifest/],
    ['a file that the manifest lacks', [good, manifest], /does not hold what/],
    [
      'a manifest that is none',
      [{ path: 'manifest.json', content: Buffer.from('{"pieces":[]}') }],
      /cannot be read/,
    ],
  ])('is refused with %s', async (_, entries, why) => {
    const end = await readArchive(craft(entries));
    expect(end.ok).toBe(false);
    expect(end.ok ? '' : end.why).toMatch(why);
  });

  it('is refused when it is a bomb, without being unpacked', async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const head = Buffer.alloc(512);
    new Header({
      path: nameOf(0),
      type: 'File',
      size: 8_589_934_591,
      mode: 0o644,
      mtime: new Date(AT),
    }).encode(head);
    const frame = zstdCompressSync(zeros);
    const bomb = Buffer.concat([zstdCompressSync(head), ...Array.from({ length: 128 }, () => frame)]);
    expect(bomb.length).toBeLessThan(2_000_000);
    const before = process.memoryUsage.rss();
    expect(await readArchive(craft([], bomb))).toMatchObject({ ok: false });
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 1024 * 1024);
  });

  it('is refused when it is no plain file', async () => {
    const link = join(base, 'link');
    symlinkSync(file, link);
    await expect(readArchive(link)).rejects.toThrow();
    await expect(verifyArchive(link, async () => null)).rejects.toMatchObject({
      next: expect.stringContaining('links'),
    });
    await expect(verifyArchive(join(base, 'nowhere'), async () => null)).rejects.toThrow('no such archive');
    expect(await readArchive(base).catch(() => ({ ok: false }))).toMatchObject({ ok: false });
    rmSync(link);
  });
});

import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpacked } from './unpack.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(bytes: Buffer, packing: 'gzip' | 'zstd', size = 1_000): Promise<string> {
  const found: Buffer[] = [];
  for await (const piece of unpacked(pieces(bytes, size), packing)) found.push(piece);
  return Buffer.concat(found).toString('latin1');
}

const text = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');

describe.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)('%s', (packing, pack) => {
  it('unpacks, whatever the pieces', async () => {
    expect(await all(pack(text), packing)).toBe(text);
    expect(await all(pack('short\n'), packing, 1)).toBe('short\n');
    expect(await all(pack(''), packing)).toBe('');
  });

  it('unpacks what was packed one after the other', async () => {
    expect(await all(Buffer.concat([pack('one\n'), pack('two\n')]), packing)).toBe('one\ntwo\n');
  });

  it('gives what there is of a damaged one, and then says so', async () => {
    const packed = pack(Buffer.from(text + text));
    const found: Buffer[] = [];
    await expect(async () => {
      const half = packed.subarray(0, packed.length / 2);
      for await (const piece of unpacked(pieces(half, 500), packing)) found.push(piece);
    }).rejects.toThrow('cannot be unpacked');
    expect(text.startsWith(Buffer.concat(found).toString('latin1').slice(0, 1_000))).toBe(true);
    await expect(all(Buffer.from('no packed file at all'), packing)).rejects.toThrow('cannot be unpacked');
  });

  it('stops a bomb by ratio and by size', async () => {
    const bomb = pack(Buffer.alloc(8_000_000));
    const take = async (limits: { free: number; ratio: number; total: number }) => {
      let bytes = 0;
      try {
        for await (const piece of unpacked(pieces(bomb, 65_536), packing, limits)) bytes += piece.length;
      } catch (error) {
        return { bytes, message: String(error) };
      }
      return { bytes, message: '' };
    };
    const byRatio = await take({ free: 1_000_000, ratio: 100, total: 1e9 });
    expect(byRatio.message).toContain('100 times');
    expect(byRatio.bytes).toBeLessThanOrEqual(1_000_000);
    const bySize = await take({ free: 1e9, ratio: 1, total: 3_000_000 });
    expect(bySize.message).toContain('more than 3000000 bytes');
    expect((await take({ free: 1e9, ratio: 1, total: 1e9 })).bytes).toBe(8_000_000);
  });
});

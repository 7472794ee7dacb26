import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

/** What the local header of an entry and its line in the directory have in common (APPNOTE.TXT 6.3.10, section 4.4). */
function described(name: Buffer, contents: Buffer, packed: Buffer): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  // Names are in UTF-8 (bit 11); packed by deflate.
  common.writeUInt16LE(0x800, 2);
  common.writeUInt16LE(8, 4);
  // 1 January 1980: the same contents give the same archive.
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(contents), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(contents.length, 18);
  common.writeUInt16LE(name.length, 22);
  return common;
}

const LOCAL = Buffer.from('PK\u0003\u0004', 'latin1');
const CENTRAL = Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1');
const END = Buffer.from('PK\u0005\u0006\u0000\u0000\u0000\u0000', 'latin1');
const MOST_FILES = 65_534;
const MOST_BYTES = 0xffff_0000;

/**
 * Writes a zip archive, file by file, on the disk before this returns.
 * @param path must not exist @param files names and contents
 * @returns how many files it has
 * @throws what the system says; RangeError for more than the plain form of the archive holds
 */
export function writeArchive(path: string, files: Iterable<{ name: string; contents: Buffer }>): number {
  const handle = openSync(path, 'wx', 0o600);
  const directory: Buffer[] = [];
  let at = 0;
  const write = (bytes: Buffer): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
    at += bytes.length;
    if (at > MOST_BYTES) throw new RangeError('the archive gets too large');
  };
  try {
    for (const { name, contents } of files) {
      if (directory.length >= MOST_FILES) throw new RangeError('the archive gets too many files');
      const packed = deflateRawSync(contents, { level: 6 });
      const title = Buffer.from(name);
      const common = described(title, contents, packed);
      const rest = Buffer.alloc(14);
      rest.writeUInt32LE(at, 10);
      directory.push(Buffer.concat([CENTRAL, common, rest, title]));
      write(Buffer.concat([LOCAL, common, title, packed]));
    }
    const start = at;
    const central = Buffer.concat(directory);
    const end = Buffer.alloc(14);
    end.writeUInt16LE(directory.length, 0);
    end.writeUInt16LE(directory.length, 2);
    end.writeUInt32LE(central.length, 4);
    end.writeUInt32LE(start, 8);
    write(Buffer.concat([central, END, end]));
    fsyncSync(handle);
    return directory.length;
  } finally {
    closeSync(handle);
  }
}

import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive; what is given besides name and contents is a lie. */
export interface ZipFile {
  name: string;
  contents: string | Buffer;
  /** Size that the archive claims for it. */
  size?: number;
  checksum?: number;
  /** Bits of the general purpose flag (1: encrypted). */
  flags?: number;
  /** Way of packing that the archive claims (8: deflated). */
  method?: number;
  /** First bytes of its own header, instead of those that every one has. */
  header?: string;
}

/** A zip archive (APPNOTE.TXT 6.3.10, section 4.3): local headers with contents, central directory, end record. */
export function makeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, contents, size, checksum, flags = 0, method = 8, header } of files) {
    const bytes = Buffer.from(contents);
    const packed = deflateRawSync(bytes, { level: 6 });
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags | 0x800, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(checksum ?? crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size ?? bytes.length, 18);
    common.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from(header ?? 'PK\u0003\u0004'), common, title, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), common, rest, title]));
    parts.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]);
}

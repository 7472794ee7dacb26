/** One entry at the start of a pax archive (POSIX.1-2017, pax Interchange Format; GNU tar's SCHILY and RHT keywords). */
export interface PaxEntry {
  /** Type flag of the ustar header: `0` file, `5` folder, `2` link, … */
  type: string;
  /** Seconds and nanoseconds as `1795326967.027340001`. */
  modified: string;
  size: number;
  /** Extended attributes by name, base64; without the kernel's own forms of the access lists. */
  attributes: Record<string, string>;
  /** acl_to_text(3) of the access list and of the default list; null when mode bits say it all. */
  accessList: string | null;
  defaultList: string | null;
  /** Where the contents begin in the archive, in bytes. */
  contentsAt: number;
}

const BLOCK = 512;
const MAX_HEADER = 1024 * 1024;

/**
 * Reads the first entry of an archive. null when it is no pax archive, is cut within the header, or says something twice in
 * different ways: an archive that cannot be read is no undo record.
 */
export function readPaxEntry(archive: Buffer): PaxEntry | null {
  let at = 0;
  let records = new Map<string, Buffer>();
  for (;;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.length < BLOCK || header.toString('latin1', 257, 262) !== 'ustar') return null;
    const size = octal(header.subarray(124, 136));
    const type = header.toString('latin1', 156, 157);
    if (size === null) return null;
    if (type !== 'x') return entryOf(type, header, size, records, at + BLOCK);
    if (size > MAX_HEADER || records.size > 0) return null;
    const body = archive.subarray(at + BLOCK, at + BLOCK + size);
    const read = body.length === size ? readRecords(body) : null;
    if (read === null) return null;
    records = read;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function octal(field: Buffer): number | null {
  const digits = field.toString('latin1').replace(/[\0 ]+$/, '');
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** `<length> <keyword>=<value>\n`, where length counts the whole record and value may be any bytes. */
function readRecords(body: Buffer): Map<string, Buffer> | null {
  const records = new Map<string, Buffer>();
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(body.toString('latin1', at, space));
    if (!Number.isInteger(length) || length <= space - at + 3 || at + length > body.length) return null;
    const record = body.subarray(space + 1, at + length);
    const equals = record.indexOf(0x3d);
    if (equals <= 0 || record.at(-1) !== 0x0a) return null;
    const keyword = record.toString('utf8', 0, equals);
    if (records.has(keyword)) return null;
    records.set(keyword, record.subarray(equals + 1, -1));
    at += length;
  }
  return records;
}

function entryOf(
  type: string,
  header: Buffer,
  headerSize: number,
  records: Map<string, Buffer>,
  contentsAt: number,
): PaxEntry | null {
  const attributes: [string, string][] = [];
  for (const [keyword, value] of records) {
    if (keyword === 'RHT.security.selinux') attributes.push(['security.selinux', value.toString('base64')]);
    if (!keyword.startsWith('SCHILY.xattr.')) continue;
    const name = keyword.slice('SCHILY.xattr.'.length);
    if (!name.startsWith('system.posix_acl_')) attributes.push([name, value.toString('base64')]);
  }
  const text = (keyword: string) => records.get(keyword)?.toString('utf8').trim() || null;
  const paxSize = text('size');
  const seconds = octal(header.subarray(136, 148));
  const modified = text('mtime') ?? (seconds === null ? null : String(seconds));
  const size = paxSize === null ? headerSize : /^\d{1,15}$/.test(paxSize) ? Number(paxSize) : null;
  if (modified === null || size === null || !/^-?\d{1,18}(\.\d{1,9})?$/.test(modified)) return null;
  return {
    type: type === '\0' ? '0' : type,
    modified,
    size,
    attributes: Object.fromEntries(attributes.sort(([a], [b]) => (a < b ? -1 : 1))),
    accessList: text('SCHILY.acl.access'),
    defaultList: text('SCHILY.acl.default'),
    contentsAt,
  };
}

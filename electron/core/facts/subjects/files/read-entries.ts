import type { FileFact } from '#shared/domain/facts/files.ts';
import { decodeInstant, decodeNumber, decodePath, decodeText } from '../../script/decode.ts';

/** File type bits of st_mode (inode(7)). */
const KIND_BY_TYPE: ReadonlyMap<number, FileFact['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
  [0o140000, 'socket'],
  [0o010000, 'fifo'],
  [0o060000, 'device'],
  [0o020000, 'device'],
]);

const KIND_BY_LETTER: Readonly<Record<string, FileFact['kind']>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  s: 'socket',
  p: 'fifo',
  b: 'device',
  c: 'device',
};

export function kindOfLetter(letter: string): FileFact['kind'] {
  return KIND_BY_LETTER[letter] ?? 'other';
}

/** Numeric ids of the kernel have 32 bits. */
function idOf(value: number | null): number | null {
  return value !== null && value <= 4_294_967_295 ? value : null;
}

/** The record `stat`: name, raw mode in hexadecimal, uid, gid, size, mtime, links. Null when a field is no number. */
export function readStat(fields: readonly Buffer[]): FileFact | null {
  const raw = Number.parseInt(fields[1]?.toString('latin1') ?? '', 16);
  const uid = idOf(decodeNumber(fields[2]));
  const gid = idOf(decodeNumber(fields[3]));
  const path = decodePath(fields[0]);
  if (!Number.isInteger(raw) || raw < 0 || raw > 0o177777 || uid === null || gid === null) return null;
  if (!path.startsWith('/')) return null;
  return {
    path,
    kind: KIND_BY_TYPE.get(raw & 0o170000) ?? 'other',
    mode: raw & 0o7777,
    uid,
    gid,
    size: decodeNumber(fields[4]) ?? 0,
    modifiedAt: decodeInstant(fields[5]),
    links: decodeNumber(fields[6]) ?? 0,
    target: null,
    resolved: null,
    acl: null,
    attributes: null,
  };
}

/** A line of the walk (`kind uid gid mode links inode size mtime device path`) as a file fact, or null. */
export function readTreeLine(line: Buffer): FileFact | null {
  const match =
    /^(\S) (\d{1,10}) (\d{1,10}) ([0-7]{1,5}) (\d{1,10}) \d{1,20} (\d{1,16}) ([\d.]{1,32}) \d{1,20} /.exec(
      line.subarray(0, 200).toString('latin1'),
    );
  if (!match) return null;
  const uid = idOf(Number(match[2]));
  const gid = idOf(Number(match[3]));
  if (uid === null || gid === null) return null;
  return {
    path: treePath(line.subarray(match[0].length)),
    kind: kindOfLetter(match[1] ?? ''),
    mode: Number.parseInt(match[4] ?? '0', 8) & 0o7777,
    uid,
    gid,
    size: Number(match[6]),
    modifiedAt: decodeInstant(Buffer.from(match[7] ?? '')),
    links: Number(match[5]),
    target: null,
    resolved: null,
    acl: null,
    attributes: null,
  };
}

/** A name out of the walk: line ends travel as \x01 there. */
export function treePath(bytes: Buffer): string {
  return decodePath(bytes).replaceAll('\u0001', '\n');
}

/** lsattr(1) lines `-----i------- PATH` by path. */
export function readAttributes(text: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of decodeText(text, 262_144).split('\n')) {
    const match = /^([A-Za-z-]{4,40}) +(\/.*)$/.exec(line);
    if (match) found.set(match[2] ?? '', (match[1] ?? '').replaceAll('-', ''));
  }
  return found;
}

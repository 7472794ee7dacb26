/** How a rotated file is packed; `other` is a kind that is not unpacked here (bzip2, xz, …). */
export type Packing = 'none' | 'gzip' | 'zstd' | 'other';

/** What the name of a rotated file says. */
export interface RotatedName {
  packing: Packing;
  /** `number`: the larger, the older. `date`: digits of a date or an epoch; the larger, the newer. */
  by: 'number' | 'date';
  digits: string;
}

const PACKINGS: Readonly<Record<string, Packing>> = {
  '': 'none',
  '.gz': 'gzip',
  '.zst': 'zstd',
  '.zstd': 'zstd',
  '.bz2': 'other',
  '.xz': 'other',
  '.lz4': 'other',
  '.Z': 'other',
};

const BEHIND = /^(?:[.-](\d[\d._:T-]{0,40}|old))(\.gz|\.zst|\.zstd|\.bz2|\.xz|\.lz4|\.Z)?$/;

/**
 * Reads the name of a rotated file as logrotate(8) (`.1`, `-20261122`, `-1795305600`, `dateext`, `extension`), auditd(8),
 * savelog(8) and loggers of programs write it.
 * @param base name of the file that is written to, without a folder
 * @returns null when it is not a rotated file of that name
 */
export function rotatedName(base: string, name: string): RotatedName | null {
  if (name.length > 255 || name === base) return null;
  const dot = base.lastIndexOf('.');
  const behind = name.startsWith(base) ? name.slice(base.length) : withinName(base, dot, name);
  const found = behind === null ? null : BEHIND.exec(behind);
  if (!found) return null;
  const packing = PACKINGS[found[2] ?? ''] ?? 'other';
  if (found[1] === 'old') return { packing, by: 'number', digits: '1' };
  const digits = (found[1] ?? '').replace(/\D/g, '');
  return { packing, by: digits.length >= 8 ? 'date' : 'number', digits };
}

/** `extension` of logrotate: `access-20261122.log.gz` is of `access.log`. @returns `-20261122.gz` */
function withinName(base: string, dot: number, name: string): string | null {
  if (dot <= 0) return null;
  const stem = base.slice(0, dot);
  const extension = base.slice(dot);
  if (!name.startsWith(stem)) return null;
  const end = name.lastIndexOf(extension);
  if (end <= stem.length) return null;
  return name.slice(stem.length, end) + name.slice(end + extension.length);
}

/** A rotated file as it was seen. */
export interface RotatedFile {
  name: string;
  rotated: RotatedName;
  /** Milliseconds since 1970 by the node's clock. */
  modifiedAt: number;
}

function compare(one: RotatedFile, other: RotatedFile): number {
  const [first, second] = [one.rotated, other.rotated];
  if (first.by !== second.by) return one.modifiedAt - other.modifiedAt;
  const length = Math.max(first.digits.length, second.digits.length);
  // A date with less digits is the beginning of that time: 20261122 is before 20261122-1.
  const [left, right] =
    first.by === 'date'
      ? [first.digits, second.digits]
      : [second.digits.padStart(length, '0'), first.digits.padStart(length, '0')];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Puts rotated files in the order in which they were written, the oldest first. Where the same file is there packed and not
 * packed, the packed one is being written and is left out.
 */
export function inOrder<File extends RotatedFile>(files: readonly File[]): File[] {
  const plain = new Set(
    files
      .filter(({ rotated }) => rotated.packing === 'none')
      .map(({ rotated }) => rotated.by + rotated.digits),
  );
  return files
    .filter(({ rotated }) => rotated.packing === 'none' || !plain.has(rotated.by + rotated.digits))
    .sort(compare);
}

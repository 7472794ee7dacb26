/** Bytes that are looked at. */
export const LOOKED_AT = 65_536;
/** Fewer say too little. */
const LEAST = 64;
/** Of a hundred bytes so many may be ones that no text has. */
const MOST_ODD = 5;

/** How files begin that are no text, or that hide it. */
const BEGINNINGS: readonly (readonly [bytes: Buffer, what: string])[] = [
  [Buffer.from([0x7f, 0x45, 0x4c, 0x46]), 'It is a program.'],
  [Buffer.from([0x1f, 0x8b, 0x08]), 'It is packed with gzip, and its name does not end in .gz.'],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'It is packed with zstd, and its name does not end in .zst.'],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), 'It is packed with xz. Unpack it first.'],
  [Buffer.from('BZh'), 'It is packed with bzip2. Unpack it first.'],
  [Buffer.from('PK\u0003\u0004'), 'It is a zip archive. Unpack it first.'],
  [Buffer.from('SQLite format 3\0'), 'It is a database.'],
  [Buffer.from('LPKSHHRH'), 'It is a file of systemd’s journal. Give what journalctl -o json prints of it.'],
  [Buffer.from([0xff, 0xfe]), 'It is text in UTF-16. Give it in UTF-8.'],
  [Buffer.from([0xfe, 0xff]), 'It is text in UTF-16. Give it in UTF-8.'],
  [Buffer.from('ElfFile\0'), 'It is an event log of Windows. Give it as JSON.'],
];

/** Tab, line feed, carriage return; escapes of terminals; what auditd puts between fields; form feed and bell as programs write them. */
const IN_TEXT: ReadonlySet<number> = new Set([7, 8, 9, 10, 11, 12, 13, 27, 29, 30]);

/**
 * Tells bytes that are no log from a log with odd bytes in it: logs have holes of NULs where they were cut, bytes of other character
 * sets, and what hostile programs write.
 * @param start the first bytes of a file, unpacked; more than {@link LOOKED_AT} are not looked at
 * @returns what it is in a sentence; null when it may be a log
 */
export function noLogBecause(start: Buffer): string | null {
  const bytes = start.subarray(0, LOOKED_AT);
  const known = BEGINNINGS.find(([beginning]) => bytes.subarray(0, beginning.length).equals(beginning));
  if (known !== undefined) return known[1];
  let hole = 0;
  while (bytes[hole] === 0) hole += 1;
  const rest = bytes.subarray(hole);
  if (rest.length < LEAST) return null;
  let odd = 0;
  for (const byte of rest) if (byte < 32 && !IN_TEXT.has(byte)) odd += 1;
  return odd * 100 > rest.length * MOST_ODD ? 'It is no text.' : null;
}

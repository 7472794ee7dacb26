/** Tried first: nearly every name is UTF-8. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Length of the UTF-8 sequence that a byte begins, 0 when it begins none (RFC 3629, section 4). */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/** Text of one sequence, or null when its bytes are no UTF-8. */
function tryDecode(bytes: Buffer): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Bytes from a node as text that loses nothing of note: UTF-8, each byte that is not UTF-8 written as `\xNN`.
 * @param bytes any bytes; `undefined` gives the empty text
 * @param limit greatest length of the result in UTF-16 units; the rest is cut
 */
export function decodeText(bytes: Buffer | undefined, limit = 4_096): string {
  if (!bytes) return '';
  const input = bytes.length > limit * 4 ? bytes.subarray(0, limit * 4) : bytes;
  const whole = tryDecode(input);
  if (whole !== null) return cut(whole, limit);
  let text = '';
  for (let at = 0; at < input.length && text.length <= limit; ) {
    const length = sequenceLength(input[at] ?? 0);
    const piece = length > 0 ? tryDecode(input.subarray(at, at + length)) : null;
    if (piece === null) {
      text += `\\x${(input[at] ?? 0).toString(16).padStart(2, '0')}`;
      at += 1;
    } else {
      text += piece;
      at += length;
    }
  }
  return cut(text, limit);
}

/** A cut that never leaves half of a surrogate pair behind. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}

/** A path as facts hold it (bounds: `pathText`). */
export function decodePath(bytes: Buffer | undefined): string {
  return decodeText(bytes, 16_384);
}

/** A short word: user, unit, package (bounds: `shortText`). */
export function decodeShort(bytes: Buffer | undefined): string {
  return decodeText(bytes, 256);
}

/**
 * A decimal or octal number from a node.
 * @returns the number, or null when the bytes are no plain number or it is beyond 2^53
 */
export function decodeNumber(bytes: Buffer | undefined, radix: 8 | 10 = 10): number | null {
  if (!bytes || bytes.length === 0 || bytes.length > 24) return null;
  const text = bytes.toString('latin1');
  if (!(radix === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(text)) return null;
  const value = Number.parseInt(text, radix);
  return Number.isSafeInteger(value) ? value : null;
}

/**
 * Seconds since the epoch, with or without a fraction, as `find -printf %T@` and `stat -c %Y` print them.
 * @returns ISO 8601 in UTC with milliseconds, or null when it is no time of the years 1970 to 9999
 */
export function decodeInstant(bytes: Buffer | undefined): string | null {
  const match = /^([0-9]{1,12})(?:\.([0-9]{1,12}))?$/.exec(bytes?.toString('latin1') ?? '');
  if (!match) return null;
  const milliseconds = Number(match[1]) * 1_000 + Number((match[2] ?? '').padEnd(3, '0').slice(0, 3));
  return milliseconds < 253_402_300_800_000 ? new Date(milliseconds).toISOString() : null;
}

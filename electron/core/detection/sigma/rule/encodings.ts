import { fault } from './fault.ts';
import type { WrittenPart } from './text-value.ts';

/** Text that was encoded to bytes is kept with one character for each byte, as it would stand in a log. */
export interface Encoded {
  parts: WrittenPart[];
  /** Whether the characters are bytes. */
  bytes: boolean;
}

const ENCODINGS = {
  utf16le: (text: string) => Buffer.from(text, 'utf16le'),
  utf16be: (text: string) => Buffer.from(text, 'utf16le').swap16(),
} as const;

/** `wide`, `utf16le`, `utf16be`, `utf16`: wildcards stay, what is plain becomes bytes; `utf16` begins with a byte order mark. */
export function toUtf16(value: Encoded, modifier: 'utf16le' | 'utf16be' | 'utf16'): Encoded {
  if (value.bytes) fault('a value can be given one of the UTF-16 modifiers, not several');
  const encode = ENCODINGS[modifier === 'utf16be' ? 'utf16be' : 'utf16le'];
  const parts = value.parts.map((part) =>
    typeof part === 'string' ? encode(part).toString('latin1') : part,
  );
  if (modifier === 'utf16') parts.unshift('\u00ff\u00fe');
  return { parts, bytes: true };
}

function bytesOf(value: Encoded, modifier: string): Buffer {
  const plain = value.parts.map((part) =>
    typeof part === 'string' ? part : fault(`${modifier} needs a value without wildcards`),
  );
  return Buffer.from(plain.join(''), value.bytes ? 'latin1' : 'utf8');
}

/** `base64`: the value as it is encoded by itself (RFC 4648, section 4). */
export function toBase64(value: Encoded): Encoded {
  return { parts: [bytesOf(value, 'base64').toString('base64')], bytes: false };
}

/**
 * `base64offset`: what the value looks like inside something larger that was encoded, at each of the three places that it
 * can have in a group of three bytes. Characters that also depend on the neighbours are cut off.
 */
export function toBase64Offsets(value: Encoded): Encoded[] {
  const bytes = bytesOf(value, 'base64offset');
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset, 0x20), bytes]).toString('base64');
    const start = [0, 2, 3][offset] ?? 0;
    const cut = [0, 3, 2][(bytes.length + offset) % 3] ?? 0;
    return { parts: [encoded.slice(start, encoded.length - cut)], bytes: false };
  });
}

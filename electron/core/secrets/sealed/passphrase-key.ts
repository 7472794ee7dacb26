import { scrypt } from 'node:crypto';
import { z } from 'zod';
import { KEY_BYTES } from './box.ts';

/** What scrypt was asked with (RFC 7914): the work that each guess costs. Bounded, for the file could ask for all memory there is. */
export const scryptWork = z.object({
  N: z.literal(2 ** 17),
  r: z.literal(8),
  p: z.literal(1),
  /** 16 random bytes, base64. */
  salt: z.string().regex(/^[A-Za-z0-9+/]{22}==$/),
});
export type ScryptWork = z.infer<typeof scryptWork>;

/** Characters that a passphrase has at least: scrypt makes each guess slow, and cannot make a short one safe. */
export const SHORTEST_PASSPHRASE = 12;
/** Longest passphrase, in UTF-16 units. */
export const LONGEST_PASSPHRASE = 512;

/**
 * Makes a key of a passphrase, in a thread of libuv so that nothing waits for it: about half a second and 128 MiB.
 * Composed and decomposed letters are the same (NFKC, as RFC 8265, section 4, asks of passwords in its spirit).
 * @returns KEY_BYTES bytes that the caller wipes
 */
export function keyOfPassphrase(passphrase: string, { N, r, p, salt }: ScryptWork): Promise<Buffer> {
  const options = { N, r, p, maxmem: 192 * 1024 * 1024 };
  const text = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  return new Promise((resolve, reject) => {
    scrypt(text, Buffer.from(salt, 'base64'), KEY_BYTES, options, (error, key) => {
      text.fill(0);
      if (error) reject(error);
      else resolve(key);
    });
  });
}

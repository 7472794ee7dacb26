import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Bytes of a key of AES-256. */
export const KEY_BYTES = 32;
/** Bytes of a nonce, as NIST SP 800-38D, section 8.2, has it; each is random and used once. */
const NONCE_BYTES = 12;
/** Bytes of a tag: all of them (section 5.2.1.2). */
const TAG_BYTES = 16;

/** Something encrypted with AES-256-GCM: nonce, what was encrypted, tag; in base64. */
export const sealedBox = z.object({
  nonce: z.string().regex(/^[A-Za-z0-9+/]{16}$/),
  box: z
    .string()
    .max(131_072)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/),
  tag: z.string().regex(/^[A-Za-z0-9+/]{22}==$/),
});
export type SealedBox = z.infer<typeof sealedBox>;

/**
 * Encrypts with a fresh nonce.
 * @param key KEY_BYTES bytes
 * @param about what it is, as associated data: a box that is put elsewhere does not open
 */
export function makeBox(key: Uint8Array, about: string, bytes: Uint8Array): SealedBox {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(about, 'utf8'));
  const box = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return {
    nonce: nonce.toString('base64'),
    box: box.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  };
}

/**
 * Opens a box.
 * @param about as it was when the box was made
 * @returns what was in it, in memory of its own that the caller wipes; null when the key, what it is about or a single bit is another
 */
export function openBox(key: Uint8Array, about: string, { nonce, box, tag }: SealedBox): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(about, 'utf8'));
  decipher.setAuthTag(Buffer.from(tag, 'base64'));
  const first = decipher.update(Buffer.from(box, 'base64'));
  try {
    decipher.final();
  } catch {
    first.fill(0);
    return null;
  }
  // GCM gives everything with `update`. Small buffers of Node.js share one block of memory: a copy of our own can be wiped.
  const opened = Buffer.allocUnsafeSlow(first.length);
  first.copy(opened);
  first.fill(0);
  return opened;
}

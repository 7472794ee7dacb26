import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits from the system, in base64url without padding: 43 characters (RFC 4648 section 5). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256, so that what is kept is not what opens the door. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether a secret has this digest, in a time that does not depend on where they differ. */
export function matches(secret: string, digest: Buffer): boolean {
  return timingSafeEqual(digestOf(secret), digest);
}

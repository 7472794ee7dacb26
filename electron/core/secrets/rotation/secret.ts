import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoredRotation } from '#core/store/operations/rotations.ts';
import { type RotationParts, sealedNameOf } from './parts.ts';

/** A secret in memory, for as long as it is needed. */
export interface HeldSecret {
  /** 64 hex digits, as mycoSwarm writes it. */
  hex(): string;
  /** Whether this is HMAC-SHA-256 (RFC 2104) of the secret under the nonce. */
  proves(mac: string | null, nonce: string): boolean;
  wipe(): void;
}

/** What keeps a secret from being had: the store is locked, or something is wrong with it. */
export type NoSecret = { ok: false; locked: boolean; message: string };

export const newNonce = () => randomBytes(32).toString('hex');

/**
 * The secret of a rotation: the one that is sealed for it, or a new one of 256 random bits, sealed and durable before it is given out. A
 * rotation that was cut off between sealing and writing that down finds its own again, so that there is never a second one.
 * @param from rotation whose secret it gets, for nodes that join; null for a new one
 */
export async function secretOf(
  parts: RotationParts,
  rotation: StoredRotation,
  from: string | null,
): Promise<{ ok: true; secret: HeldSecret } | NoSecret> {
  const name = sealedNameOf(rotation.id);
  const kept = await parts.sealed.open(name);
  if (!kept.ok) return noSecret(kept.failure);
  if (kept.value !== null) return { ok: true, secret: held(kept.value) };
  if (rotation.stage !== 'planned')
    return {
      ok: false,
      locked: false,
      message:
        'The secret of this rotation is not in the sealed store any more. The nodes keep what they have; rotate anew.',
    };
  let bytes: Buffer;
  if (from === null) bytes = randomBytes(32);
  else {
    const present = await parts.sealed.open(sealedNameOf(from));
    if (!present.ok) return noSecret(present.failure);
    if (present.value === null)
      return {
        ok: false,
        locked: false,
        message: 'This console does not have the secret that is in force. Rotate instead.',
      };
    bytes = present.value;
  }
  await parts.fault?.('before seal');
  const sealing = parts.sealed.seal(name, bytes);
  await parts.fault?.('torn seal');
  const sealed = await sealing;
  if (!sealed.ok) {
    bytes.fill(0);
    return noSecret(sealed.failure);
  }
  await parts.fault?.('after seal');
  return { ok: true, secret: held(bytes) };
}

function noSecret({ kind, message, next }: { kind: string; message: string; next: string }): NoSecret {
  const locked = kind === 'locked' || kind === 'not-set-up';
  return { ok: false, locked, message: `${message} ${next}`.trim() };
}

function held(bytes: Buffer): HeldSecret {
  return {
    hex: () => bytes.toString('hex'),
    proves(mac, nonce) {
      if (mac === null) return false;
      const wanted = createHmac('sha256', Buffer.from(nonce, 'hex'))
        .update(bytes.toString('hex'), 'utf8')
        .digest();
      const given = Buffer.from(mac, 'hex');
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
    wipe: () => void bytes.fill(0),
  };
}

import { z } from 'zod';
import { instant, listOf, shownMessage } from '../domain/bounds.ts';
import { sealedState } from '../domain/sealed/sealed-state.ts';
import { change, read } from './procedure.ts';

/** Longest passphrase, in UTF-16 units. */
const passphrase = z.string().max(512);

/** Where the key shall lie. */
export const keyWish = z.discriminatedUnion('keyPlace', [
  z.strictObject({ keyPlace: z.literal('passphrase'), passphrase }),
  z.strictObject({ keyPlace: z.literal('secret-service') }),
]);

/** What shows that the operator asks. `consent` is asked for outside the renderer. */
export const keyProof = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passphrase'), passphrase }),
  z.strictObject({ kind: z.literal('sheet'), sheet: z.string().max(512) }),
  z.strictObject({ kind: z.literal('consent') }),
]);
export type KeyProofInput = z.infer<typeof keyProof>;

/** A recovery sheet: the only answer of the console that holds a key, given once for paper. */
export const madeSheet = z.object({
  groups: listOf(z.string().regex(/^[0-9A-Z]{5}$/), 14),
  /** Which groups are asked for afterwards, counted from 1. */
  asked: listOf(z.int().min(1).max(14), 2),
  madeAt: instant,
  /** Tells sheets apart; no part of the key. */
  store: z.string().max(16),
});
export type MadeSheet = z.infer<typeof madeSheet>;

/**
 * Where the console keeps its secrets. A passphrase comes in once, in the body of one call; no answer, error or event holds one.
 * Errors: NOT_ALLOWED with the reason; STORE_UNAVAILABLE when the file cannot be read or written.
 */
export const sealed = {
  state: read.output(sealedState),
  /** Whether the key ring of the desktop can keep the key; it is tried with a random one. */
  desktop: read.output(z.object({ real: z.boolean(), why: shownMessage(512) })),
  setUp: change.input(keyWish).output(madeSheet),
  unlock: change.input(keyProof).output(sealedState),
  lock: change.input(z.object({})).output(sealedState),
  changeKey: change.input(z.strictObject({ proof: keyProof, wish: keyWish })).output(sealedState),
  newSheet: change.input(z.strictObject({ proof: keyProof })).output(madeSheet),
  confirmSheet: change
    .input(z.strictObject({ groups: z.array(z.string().max(32)).max(2) }))
    .output(sealedState),
};

import { z } from 'zod';
import { instant, shownMessage } from '../bounds.ts';

/** What a sealed thing is called: of our own making, never a value of it. */
export const sealedName = z.string().regex(/^[a-z0-9](?:[a-z0-9.:_-]{0,118}[a-z0-9])?$/i);

/** Largest thing that is sealed, in bytes. */
export const SEALED_BYTES = 64 * 1024;

/** Who keeps the key of the sealed store from one start to the next. */
export const sealedKeyPlace = z.enum(['secret-service', 'passphrase']);
export type SealedKeyPlace = z.infer<typeof sealedKeyPlace>;

/** How the sealed store stands. It never holds anything of a key or a secret. */
export const sealedState = z.object({
  /**
   * `not-set-up`: there is no key yet. `locked`: the console does not have the key now. `open`: it has. `damaged`: what
   * lies on the disk cannot be used, and was left as it is.
   */
  is: z.enum(['not-set-up', 'locked', 'open', 'damaged']),
  /** Where the key lies; null before it is set up, and when that cannot be read. */
  keyPlace: sealedKeyPlace.nullable(),
  /** Since when there is this store. */
  setUpAt: instant.nullable(),
  /** When the operator showed that the recovery sheet is in their hands; null: not yet. */
  sheetConfirmedAt: instant.nullable(),
  /** When the sheet that counts was made. */
  sheetMadeAt: instant.nullable(),
  /** How many secrets are sealed. */
  secrets: z.int().min(0).max(100_000),
  /** When it locks by itself if nothing is asked of it; null when it is not open, or kept open by work that runs. */
  locksAt: instant.nullable(),
  /** Why it is damaged, or why the key cannot be had now, in a sentence; else null. */
  why: shownMessage(512).nullable(),
});
export type SealedState = z.infer<typeof sealedState>;

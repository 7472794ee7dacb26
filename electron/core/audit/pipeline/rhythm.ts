import { z } from 'zod';

/** How regularly a source speaks, told from the pauses between what it said. Times are milliseconds. */
export interface Rhythm {
  /** Pauses that were heard. */
  pauses: number;
  /** Mean of the newest ones, older ones count less and less. */
  mean: number;
  /** The longest of the newest ones. */
  longest: number;
  /** When it spoke first and last. */
  firstAt: number;
  lastAt: number;
}

const stored = z.object({
  pauses: z.number().min(0),
  mean: z.number().min(0),
  longest: z.number().min(0),
  firstAt: z.number(),
  lastAt: z.number(),
});

/** Lines that come together are one word: pauses below this are none. */
const TOGETHER_MS = 1_000;
/** Before so many pauses over so long nobody knows how it speaks. */
const ENOUGH_PAUSES = 30;
const ENOUGH_MS = 3_600_000;
/** A source that is silent for longer between its words is not one that speaks regularly. */
const REGULAR_MS = 900_000;
/** Never called silent sooner. */
const LEAST_MS = 300_000;

/** @returns what was stored, or null for anything else */
export function readRhythm(value: unknown): Rhythm | null {
  const read = stored.safeParse(value);
  return read.success ? read.data : null;
}

/** The source said something. @param now milliseconds since 1970 UTC, by this computer's clock */
export function heard(rhythm: Rhythm | null, now: number): Rhythm {
  if (rhythm === null || now < rhythm.lastAt)
    return { pauses: 0, mean: 0, longest: 0, firstAt: now, lastAt: now };
  const pause = now - rhythm.lastAt;
  if (pause < TOGETHER_MS) return { ...rhythm, lastAt: now };
  const pauses = rhythm.pauses + 1;
  const weight = Math.max(0.05, 1 / pauses);
  return {
    ...rhythm,
    pauses,
    mean: rhythm.mean + weight * (pause - rhythm.mean),
    longest: Math.max(pause, rhythm.longest * 0.99),
    lastAt: now,
  };
}

/**
 * @param watchedSince when watching began: what was not watched is no silence
 * @returns since when the source has been silent although it speaks regularly; null when it is not
 */
export function silentSince(rhythm: Rhythm | null, watchedSince: number, now: number): number | null {
  if (rhythm === null || rhythm.pauses < ENOUGH_PAUSES || rhythm.lastAt - rhythm.firstAt < ENOUGH_MS)
    return null;
  if (rhythm.mean > REGULAR_MS) return null;
  const patience = Math.max(LEAST_MS, 12 * rhythm.mean, 3 * rhythm.longest);
  return now - Math.max(rhythm.lastAt, watchedSince) > patience ? rhythm.lastAt : null;
}

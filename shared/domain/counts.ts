import { z } from 'zod';

const amount = z.int().min(0);

/** How many checks are how. Over several nodes a check counts once, by its worst. */
export const counts = z.object({
  pass: amount,
  fix: amount,
  review: amount,
  unknown: amount,
  notApplicable: amount,
  waived: amount,
  /** How many of `unknown` this version cannot look at on any node; the others could be looked at with some help. */
  lacking: amount.optional(),
});
export type Counts = z.infer<typeof counts>;

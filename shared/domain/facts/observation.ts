import { z } from 'zod';
import { instant, lineText, listOf } from '../bounds.ts';

/** A part of a subject that could not be seen, why, and which permission would help. */
export const gap = z.object({
  what: z.string().max(512),
  reason: z.string().max(2_048),
  /** In words after "It would help to …", e.g. `allow one command as administrator`. */
  wouldHelp: z.string().max(512).nullable(),
});
export type Gap = z.infer<typeof gap>;

/**
 * One subject of facts: either seen (with the gaps that remain inside it) or not seen at all.
 * `source` names what was read or run, in the words a system administrator would type.
 */
export function observation<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('state', [
    z.object({
      state: z.literal('seen'),
      at: instant,
      tookMs: z.number().min(0).max(3_600_000),
      source: lineText,
      value,
      gaps: listOf(gap, 256),
    }),
    z.object({
      state: z.literal('unseen'),
      at: instant,
      source: lineText,
      reason: z.string().max(2_048),
      wouldHelp: z.string().max(512).nullable(),
    }),
  ]);
}

export type Seen<T> = {
  state: 'seen';
  at: string;
  tookMs: number;
  source: string;
  value: T;
  gaps: Gap[];
};
export type Unseen = {
  state: 'unseen';
  at: string;
  source: string;
  reason: string;
  wouldHelp: string | null;
};
/** Either what was seen of a subject, or why nothing was. */
export type Observation<T> = Seen<T> | Unseen;

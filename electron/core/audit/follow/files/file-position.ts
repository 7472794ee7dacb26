import { z } from 'zod';
import { filePlace } from './file-place.ts';
import { passedAt, type Trail, trail } from './trail.ts';

/** Position of a followed file, as it is stored with what was read. */
export const filePosition = z.object({
  form: z.literal('file-1'),
  /** The file that is read; null when none was there. */
  current: filePlace.nullable(),
  /** The file with content that was read before it. */
  before: filePlace.nullable(),
  /** What was rotated right before `current`; null in positions of versions that did not know it. */
  trail: trail.nullable().catch(null),
  /** Milliseconds since 1970 UTC, by the console's clock, when something was read last. */
  at: z.int(),
  /** A rotation of this log by copying and cutting was seen. */
  copies: z.boolean().default(false),
  /** Rotations that were passed and left no trace of their kind, while none by copying had been seen, and since when. */
  presumed: z
    .object({ since: z.int(), count: z.int().min(1) })
    .nullable()
    .catch(null),
});
export type FilePosition = z.infer<typeof filePosition>;

/** @returns what is known of the rotated files before the place of a position */
export function trailIn({ trail: known, before }: FilePosition): Trail {
  return known ?? (before ? [passedAt(before)] : []);
}

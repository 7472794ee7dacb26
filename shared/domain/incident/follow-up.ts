import { z } from 'zod';
import { instant, shownMessage, shownName } from '../bounds.ts';
import { checkId } from '../check-id.ts';

/** Something that is to be changed so that an incident cannot happen in the same way again. It stays open until a person says that it was done. */
export const followUp = z.object({
  /** Within its incident, counted from 1. */
  number: z.int().min(1).max(64),
  /** What to change, in one sentence. */
  words: shownMessage(512),
  /** The control of the checklist that it belongs to; null where none does. */
  check: checkId.nullable(),
  /** The day by which it should be done, as `2026-12-01`; null: none was set. */
  due: z.iso.date().nullable(),
  at: instant,
  who: shownName,
  doneAt: instant.nullable(),
});
export type FollowUp = z.infer<typeof followUp>;

import { z } from 'zod';
import { instant, shownMessage, shownName } from '../bounds.ts';
import { checkId } from '../check-id.ts';
import { changeId } from '../helper/targets.ts';

/** Most of what one incident asks to be changed. */
export const MOST_FOLLOW_UPS = 64;

/** Something that is to be changed so that an incident cannot happen in the same way again. It stays open until a person says that it was done. */
export const followUp = z.object({
  /** Within its incident, counted from 1. */
  number: z.int().min(1).max(MOST_FOLLOW_UPS),
  /** What to change, in one sentence. */
  words: shownMessage(512),
  /** The control of the checklist that it belongs to; null where none does. */
  check: checkId.nullable(),
  /** Who sees to it; empty: nobody was named. */
  owner: shownName.default(''),
  /** The day by which it should be done, as `2026-12-01`; null: none was set. */
  due: z.iso.date().nullable(),
  at: instant,
  who: shownName,
  doneAt: instant.nullable(),
});
export type FollowUp = z.infer<typeof followUp>;

/** What a person may set of one. */
export const followUpWish = followUp.pick({ check: true, owner: true, due: true }).extend({
  words: shownMessage(512),
});

/** One with the incident that it came from, for lists beyond it. */
export const followUpOf = z.object({
  incident: changeId,
  /** As people name the incident. */
  of: z.int().min(1),
  /** What the incident was about. */
  name: shownName,
  followUp,
});
export type FollowUpOf = z.infer<typeof followUpOf>;

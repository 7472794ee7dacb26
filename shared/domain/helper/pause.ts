import { z } from 'zod';
import { instant, listOf } from '../bounds.ts';
import { HELPER_PROTOCOL, numericId, unitName } from './targets.ts';

/**
 * What the helper does with everything that agents run on a node. `freeze` stops every process of these accounts, of those that they can
 * become, and of these units; `thaw` lets go what was frozen, whoever asks. Nothing is ended, and asking again does nothing twice.
 */
export const pauseAct = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('freeze'),
    /** Accounts that agents run as; never root. */
    uids: z.array(numericId.min(1)).max(64),
    units: z.array(unitName).max(16),
  }),
  z.strictObject({ act: z.literal('thaw') }),
  z.strictObject({ act: z.literal('state') }),
]);
export type PauseAct = z.infer<typeof pauseAct>;

/** Makes all agents of a node stand still, or lets them go. Waits for no other run. */
export const pauseRequest = z.strictObject({
  version: z.literal(HELPER_PROTOCOL),
  ask: z.literal('pause'),
  what: pauseAct,
});

/** What the helper says of it, looked at after it was done. */
export const pauseAnswer = z.object({
  answer: z.literal('pause'),
  /** Somebody froze agents here, and nobody let them go since. */
  paused: z.boolean(),
  since: instant.nullable(),
  /** Processes that stand still. */
  still: z.int().min(0),
  /** Processes that should stand still and run. */
  loose: listOf(z.object({ pid: z.int().min(1), name: z.string().max(64) }), 32),
  /** More of these than are listed. */
  more: z.int().min(0),
  /** Accounts that this run itself came from: of those only the units were frozen. */
  spared: listOf(numericId, 64),
});
export type PauseAnswer = z.infer<typeof pauseAnswer>;

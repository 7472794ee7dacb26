import { z } from 'zod';
import { instant, lineText, listOf, portNumber, shortText } from '../bounds.ts';

/**
 * What became of an attempt to open a TCP connection (RFC 9293): it was answered, refused by a reset, not answered in time, or
 * there was no way to the machine.
 */
export const knockOutcome = z.enum(['open', 'refused', 'no-answer', 'unreachable']);

/** One attempt, and nothing was sent over what opened. */
export const knock = z.object({
  address: shortText,
  port: portNumber,
  outcome: knockOutcome,
  /** Address from which it was made; null when that was not told. */
  from: shortText.nullable(),
});
export type Knock = z.infer<typeof knock>;

/** Knocks of one machine at another within one look; `why` says why there are none. */
const knocksAtOne = z.object({
  at: instant,
  knocks: listOf(knock, 1_024),
  why: lineText.nullable(),
});

/** What could be reached at the time of a look: on this node by the console, and on other nodes by this one. */
export const knockFacts = z.object({
  /** By the computer of the console. */
  received: knocksAtOne,
  /** By the node itself on others, each by its id in the console. */
  made: listOf(knocksAtOne.extend({ node: shortText }), 16),
});
export type KnockFacts = z.infer<typeof knockFacts>;

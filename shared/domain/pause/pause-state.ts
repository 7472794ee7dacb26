import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';

/** How the agents of one node stand. `not-paused` names what was not done; it is tried again for as long as the pause lasts. */
export const pausedNode = z.object({
  node: nodeId,
  name: shownName,
  is: z.enum([
    /** The node said, looking at its processes afterwards, that all stand still. */
    'paused',
    /** It was asked and has not answered yet. */
    'asked',
    /** It could not be paused, or something there still runs. */
    'not-paused',
    /** Nothing of mycoSwarm is known there. */
    'nothing-there',
  ]),
  /** Processes that stand still. */
  still: z.int().min(0),
  /** Why it is as it is, and what to do; empty when there is nothing to say. */
  why: shownMessage(512),
  at: instant.nullable(),
});
export type PausedNode = z.infer<typeof pausedNode>;

/** Whether agents were paused, and what came of it. */
export const pauseState = z.object({
  /** `paused` since the operator asked for it, whatever was reached; `resuming`: some still stand still. */
  is: z.enum(['running', 'paused', 'resuming']),
  since: instant.nullable(),
  nodes: listOf(pausedNode, 256),
  /** How it stands, in one sentence; never more than is proven. */
  sentence: shownMessage(512),
});
export type PauseState = z.infer<typeof pauseState>;

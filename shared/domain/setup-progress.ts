import { z } from 'zod';
import { instant, listOf } from './bounds.ts';
import { checkId } from './check-id.ts';
import { nodeId } from './node.ts';

/** Where the operator is in the guided set-up of one node. */
export const setupProgress = z.object({
  node: nodeId,
  current: checkId,
  /** Items put off with "Not now". */
  later: listOf(checkId, 64),
  finishedAt: instant.nullable(),
});
export type SetupProgress = z.infer<typeof setupProgress>;

import { z } from 'zod';
import { instant, lineText, listOf, shortText } from '../bounds.ts';
import { recordCheck } from './record-check.ts';

/** Holding the installed files of a node against their RECORDs, as a job: how far it is, or what came of it last. */
export const verification = z.object({
  state: z.enum(['never', 'running', 'done', 'failed', 'cancelled']),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** What goes on; empty when nothing does. */
  words: shortText,
  /** Why it failed, and what helps; empty otherwise. */
  trouble: lineText,
  /** One for each environment that was compared. */
  checks: listOf(recordCheck, 64),
});
export type Verification = z.infer<typeof verification>;

import { z } from 'zod';
import { instant, listOf, shownMessage } from '../bounds.ts';
import { changeId, sha256 } from '../helper/targets.ts';
import { incidentId, stepName } from './incident.ts';
import { isolationPlan } from './isolation.ts';

/** Steps that touch a node: shown first, then ordered by id and hash with consent outside the renderer. */
export const plannedAction = z.enum(['isolate', 'preserve', 'release', 'let-in']);
export type PlannedAction = z.infer<typeof plannedAction>;

/** A step of an incident as data. Its hash (RFC 8785, SHA-256) covers everything but the hash. */
export const incidentPlan = z.object({
  /** Becomes the id of the try, and of the isolation where it is one. */
  id: changeId,
  hash: sha256,
  incident: incidentId,
  step: stepName,
  action: plannedAction,
  /** One sentence: `Isolate naru from everything but this console`. */
  title: shownMessage(512),
  madeAt: instant,
  /** What happens, in its order. */
  lines: listOf(shownMessage(1_024), 128),
  /** What to know before. */
  warnings: listOf(shownMessage(1_024), 64),
  /** What root on the node could undo. */
  couldUndo: listOf(shownMessage(512), 16),
  /** How it is taken back. */
  reversible: shownMessage(512),
  /** The exact rules, for an isolation. */
  isolation: isolationPlan.nullable(),
  /** Why a person decides so; empty for steps that need no reason. */
  words: shownMessage(2_048).default(''),
  /**
   * For a release only. `without`: it lets the node go although that does not answer, which needs a yes of its own. `canWithout`: somebody does not
   * answer, so that this may be planned.
   */
  release: z.object({ without: z.boolean(), canWithout: z.boolean() }).optional(),
  /** Why it cannot be begun as things are; null when it can. */
  blocked: shownMessage(1_024).nullable(),
});
export type IncidentPlan = z.infer<typeof incidentPlan>;

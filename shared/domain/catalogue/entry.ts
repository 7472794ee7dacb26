import type { CheckId } from '../check-id.ts';
import type { GlossaryTerm } from './glossary.ts';

/** A layer of mycoSwarm's security model, 1 process isolation to 7 dependency hygiene. */
export type SecurityLayer = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** What is said about a check wherever it is shown: pure text, the same for every node. */
export interface CheckEntry {
  id: CheckId;
  /** A few words for lists and the rail of Setup. */
  title: string;
  /** The question that the check answers, as a person would ask it. */
  question: string;
  /** Why it matters, in plain words: one or two sentences. */
  why: string;
  /** What happens in a house where it is not so: a little story of two to four sentences. */
  story: string;
  /**
   * What can break when the steps are taken, how one notices, and how one gets back. Null for a check that has no steps yet.
   */
  ifItGoesWrong: string | null;
  /** Layer of the security model, null when the model does not speak of it. */
  layer: SecurityLayer | null;
  /** First version of Swarmkeep that has the check; null while it is lacking. */
  availableSince: string | null;
  /** For a check that this version lacks: the sentence that says so. Null otherwise. */
  lackingBecause: string | null;
  /** Words in these texts that deserve a tooltip. */
  terms: readonly GlossaryTerm[];
}

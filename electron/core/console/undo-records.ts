import { agreementOf } from '#core/fixes/engine/agreement.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { changesOfNode, type FixParts } from './fix-parts.ts';

/** Times that a step may have been done again under another change, one after the other, before nobody can follow it. */
const MOST_MOVES = 32;

const DAMAGED =
  'The record of this change was altered: it is not what anybody agreed to. See what is wrong with: swarmkeep verify';
const UNPROVEN =
  'The ledger cannot prove that anybody agreed to this change, so nothing is made of its record. See what is wrong with: swarmkeep verify';

/**
 * Why nothing may be planned from the record of a change: the journal is signed by nobody, and what it says would be done as
 * administrator. The plan has to be one that somebody agreed to, and undo records that lie under another change have to have
 * got there by a plan of that kind, too.
 * @returns the reason, in words; null when the record can be trusted
 */
export async function recordTrouble(
  parts: Pick<FixParts, 'context' | 'agreed'>,
  change: StoredChange,
): Promise<string | null> {
  const own = await agreementOf(parts, change);
  if (own !== 'agreed') return own === 'unknown' ? UNPROVEN : DAMAGED;
  const moved = change.steps.filter((step) => step.heldChange !== null || step.heldStep !== null);
  if (moved.length === 0) return null;
  const all = new Map((await changesOfNode(parts, change.node)).map((other) => [other.id, other]));
  for (const [number, step] of change.steps.entries()) {
    const through = movesTo(all, change, number, step.heldChange, step.heldStep);
    if (through === null) return DAMAGED;
    for (const other of through) {
      const agreed = await agreementOf(parts, other);
      if (agreed !== 'agreed') return agreed === 'unknown' ? UNPROVEN : DAMAGED;
    }
  }
  return null;
}

/**
 * Follows where the undo record of a step lies now back to the step: each change on the way took away what the one before
 * had left, and did it again.
 * @returns the changes on the way; null when they do not lead there
 */
function movesTo(
  all: ReadonlyMap<string, StoredChange>,
  change: StoredChange,
  number: number,
  heldChange: string | null,
  heldStep: number | null,
): StoredChange[] | null {
  const through: StoredChange[] = [];
  let [at, step] = [heldChange ?? change.id, heldStep ?? number];
  while (at !== change.id || step !== number) {
    const other = all.get(at);
    const target = other?.plan.steps[step]?.takesBack;
    if (other === undefined || target === undefined || through.length >= MOST_MOVES) return null;
    through.push(other);
    [at, step] = [target.change, target.step];
  }
  return through;
}

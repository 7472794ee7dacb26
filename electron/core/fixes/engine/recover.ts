import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { refusalWords } from './ask.ts';
import { type ChangeOnNode, changesOnNode } from './on-node.ts';
import type { EngineParts } from './parts.ts';
import { waitingError, withoutWaiting } from './waiting-words.ts';

/** What to do with a change that was left in the middle, and why in words. */
export type Decision =
  | { go: 'wait'; words: string }
  | { go: 'on' }
  | { go: 'verify' }
  | { go: 'unconfirmed'; revertsAt: string }
  | { go: 'take-back'; words: string }
  /** `stays`: steps that the plan lets stay, and that the node could not take back; `there`: what the node has of the change. */
  | {
      go: 'rest';
      state: 'reverted' | 'stuck';
      words: string;
      stays: ReadonlySet<number>;
      there: ChangeOnNode | undefined;
    };

/**
 * Compares the journal with what the node has. Resumed is what the operator kept, what takes something back, and what only
 * lacks the look afterwards; anything else is taken back, for the consent to it may be days old.
 */
export async function decide(
  parts: EngineParts,
  change: StoredChange,
  channel: HelperChannel,
): Promise<Decision> {
  if (change.plan.purpose === 'allow-changes')
    return change.state === 'verifying' ? { go: 'verify' } : { go: 'on' };
  const known = await changesOnNode(channel, parts.clock);
  // The helper has gone, as it was told; only its answer was lost.
  if (known.how === 'lost' && known.failure.kind === 'not-installed' && change.plan.purpose === 'remove') {
    return change.state === 'verifying' ? { go: 'verify' } : { go: 'on' };
  }
  if (known.how === 'lost') {
    return { go: 'wait', words: waitingError(change, known.failure, parts) };
  }
  if (known.how === 'refused') return { go: 'wait', words: refusalWords(known.refused) };
  const entry = known.changes.get(change.id);
  const { purpose } = change.plan;
  if (entry?.reverted) {
    const there = entry.steps.filter((step) => step.state !== 'undone');
    const stays = new Set(
      there.map(({ step }) => step).filter((step) => change.plan.steps[step]?.undoable === false),
    );
    const left = there
      .filter(({ step }) => !stays.has(step))
      .map((step) => `"${change.plan.steps[step.step]?.title ?? step.verb}"`);
    const words = `${revertedWords(change)} ${staysWords(change, stays)}`.trim();
    return left.length === 0
      ? { go: 'rest', state: 'reverted', words, stays, there: entry }
      : {
          go: 'rest',
          state: 'stuck',
          words: `${words} Left as it is, for it was changed since: ${left.join(', ')}.`,
          stays,
          there: entry,
        };
  }
  if (change.state === 'rolling-back')
    return { go: 'take-back', words: withoutWaiting(change.error) || 'It was taken back.' };
  if (change.state === 'verifying') return { go: 'verify' };
  if (purpose === 'undo' || purpose === 'remove' || purpose === 'stop-changes') return { go: 'on' };
  return decideFix(parts, change, entry);
}

function decideFix(parts: EngineParts, change: StoredChange, entry: ChangeOnNode | undefined): Decision {
  const unkept = change.plan.revertsAfter !== null && !change.kept;
  const phases = unkept ? ['now'] : ['now', 'when-kept'];
  const wanted = change.plan.steps.flatMap((step, index) => (phases.includes(step.phase) ? [index] : []));
  const done = new Set(entry?.steps.filter((step) => step.state === 'done').map((step) => step.step));
  const silent = (index: number) => change.plan.steps[index]?.action === null;
  const complete = wanted.every(
    (index) => done.has(index) || (silent(index) && change.steps[index]?.state === 'done'),
  );

  if (change.state === 'unconfirmed') {
    if (entry === undefined)
      return { go: 'rest', state: 'stuck', words: lostRecords(change), stays: new Set(), there: entry };
    // The answer to "keep" was lost, and the node had heard it.
    if (entry.armedUntil === null) return { go: 'on' };
    const late = parts.clock.now().getTime() > Date.parse(change.revertsAt ?? entry.armedUntil) + 30_000;
    return late
      ? { go: 'take-back', words: 'Nobody kept it, and its timer did not take it back in time.' }
      : { go: 'wait', words: change.error ?? '' };
  }
  const kept = change.plan.revertsAfter !== null && change.kept;
  if (kept) return { go: 'on' };
  if (complete && unkept && entry?.armedUntil) {
    return { go: 'unconfirmed', revertsAt: entry.armedUntil };
  }
  if (complete && !unkept) return { go: 'verify' };
  const begun = change.steps.findIndex((step) => step.state === 'running');
  const where = begun < 0 ? '' : ` at step ${begun + 1} of ${change.plan.steps.length}`;
  return { go: 'take-back', words: `Swarmkeep ended${where}, before it was finished.` };
}

function revertedWords(change: StoredChange): string {
  return `Nobody kept it within ${change.plan.revertsAfter ?? 0} seconds, so ${change.plan.nodeName} took it back by itself.`;
}

function staysWords({ plan }: StoredChange, stays: ReadonlySet<number>): string {
  return plan.steps
    .filter((_, step) => stays.has(step))
    .map(({ title, undo }) => `"${title}" stays: ${undo}`)
    .join(' ');
}

function lostRecords(change: StoredChange): string {
  return `${change.plan.nodeName} knows nothing of this change any more: its undo records are gone. Look at each step by hand.`;
}

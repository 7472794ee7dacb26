import type { HelperChannel, HelperFailure } from '#core/hosts/helper-channel.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import { askHelper, refusalWords } from './ask.ts';
import type { Journal } from './journal.ts';
import { writeLeftover } from './leftover.ts';
import { type ChangeOnNode, changesOnNode } from './on-node.ts';
import type { EngineParts } from './parts.ts';

/** How taking back ended: all of it, as far as it went, or not now because the node does not answer. */
export type TakenBack =
  | { how: 'all'; note: string }
  | { how: 'stuck'; message: string }
  | { how: 'lost'; failure: HelperFailure };

/**
 * Takes every step of a change back, newest first, as the node knows them: a step whose answer was lost may be done there.
 * A step that the node refuses to take back stays, and the others are taken back all the same, as the node's own timer does.
 * Afterwards the node is asked whether nothing is left; what is left is written down with its reason.
 */
export async function takeBack(
  parts: EngineParts,
  journal: Journal,
  channel: HelperChannel,
): Promise<TakenBack> {
  const { change } = journal;
  const before = await changesOnNode(channel, parts.clock);
  if (before.how === 'lost') return before;
  if (before.how === 'refused') return { how: 'stuck', message: refusalWords(before.refused) };
  const entry = before.changes.get(change.id);
  let why = '';
  const refused = new Map<number, string>();
  if (entry && entry.armedUntil !== null) {
    const reverted = await revertArmed(parts, journal, channel);
    if (typeof reverted !== 'string') return reverted;
    why = reverted;
  } else {
    const lost = await undoSteps(parts, journal, channel, entry, refused);
    if (lost !== null) return lost;
  }
  const after = await changesOnNode(channel, parts.clock);
  if (after.how === 'lost') return after;
  const entryAfter = after.how === 'known' ? after.changes.get(change.id) : undefined;
  const left = standing(entryAfter, journal);
  const unknown = after.how === 'known' ? unknownThere(entryAfter, journal) : [];
  if (left.length > 0 || unknown.length > 0) {
    await writeLeftover(journal, channel, entryAfter, refused);
    const titles = [...left, ...unknown].map(
      (step) => `"${titleOf(journal, step)}"${refused.has(step) ? ` (${refused.get(step)})` : ''}`,
    );
    const gone =
      unknown.length === 0 ? '' : ` ${journal.change.plan.nodeName} has no undo record of it any more.`;
    return { how: 'stuck', message: why || `Could not be taken back: ${titles.join(', ')}.${gone}` };
  }
  // The node's own timer takes back all that it can, what this console would have left where it is too.
  const gone = undoneThere(after.how === 'known' ? after.changes.get(change.id) : undefined);
  for (const [number, step] of change.steps.entries()) {
    const stays = step.state === 'done' && change.plan.steps[number]?.undoable === false && !gone.has(number);
    if ((step.state === 'done' || step.state === 'running') && !stays) {
      await journal.step(number, { state: 'taken-back' });
    }
  }
  return { how: 'all', note: notUndoable(journal) };
}

/** @returns what the node left because it was changed since, in words; empty for nothing. What a plan lets stay may be in it. */
async function revertArmed(
  parts: EngineParts,
  journal: Journal,
  channel: HelperChannel,
): Promise<TakenBack | string> {
  await parts.fault?.('before-revert');
  const asked = await askHelper(
    channel,
    parts.clock,
    { version: HELPER_PROTOCOL, ask: 'revert', change: journal.change.id },
    'reverted',
  );
  await parts.fault?.('after-revert');
  if (asked.how === 'lost') return asked;
  // The timer was faster: what it left shows when the node is asked once more.
  if (asked.how === 'refused' && asked.refused.refusal === 'too-late') return '';
  if (asked.how === 'refused') return { how: 'stuck', message: refusalWords(asked.refused) };
  const [first] = asked.answer.left;
  if (first === undefined) return '';
  return `${first.path} was changed since (${first.what} was ${first.left}, is ${first.now}), and stays as it is.`;
}

/** @param refused takes the reason of each step that the node refused to take back */
async function undoSteps(
  parts: EngineParts,
  journal: Journal,
  channel: HelperChannel,
  entry: ChangeOnNode | undefined,
  refused: Map<number, string>,
): Promise<TakenBack | null> {
  for (const number of standing(entry, journal)) {
    const onNode = entry?.steps.find((step) => step.step === number);
    const record = journal.change.steps[number]?.record ?? onNode?.record;
    if (record === undefined || record === null) continue;
    await parts.fault?.(`before-undo:${number}`);
    const asked = await askHelper(
      channel,
      parts.clock,
      { version: HELPER_PROTOCOL, ask: 'undo', change: journal.change.id, step: number, record },
      'undone',
    );
    await parts.fault?.(`after-undo:${number}`);
    if (asked.how === 'lost') return asked;
    if (asked.how === 'refused') refused.set(number, refusalWords(asked.refused));
    else await journal.step(number, { state: 'taken-back' });
  }
  return null;
}

/** Steps that the node has as begun or done and that can be taken back, newest first. */
function standing(entry: ChangeOnNode | undefined, journal: Journal): number[] {
  return (entry?.steps ?? [])
    .filter((step) => step.state !== 'undone')
    .filter((step) => journal.change.plan.steps[step.step]?.undoable !== false || step.state === 'begun')
    .map((step) => step.step)
    .sort((left, right) => right - left);
}

/** Steps that were done, can be taken back, and of which the node knows nothing: its records are gone, so nobody can say what is there. */
function unknownThere(entry: ChangeOnNode | undefined, { change }: Journal): number[] {
  const known = new Set(entry?.steps.map(({ step }) => step));
  return change.plan.steps.flatMap(({ action, undoable }, number) =>
    action !== null && undoable && change.steps[number]?.state === 'done' && !known.has(number)
      ? [number]
      : [],
  );
}

function undoneThere(entry: ChangeOnNode | undefined): ReadonlySet<number> {
  return new Set((entry?.steps ?? []).filter(({ state }) => state === 'undone').map(({ step }) => step));
}

function titleOf(journal: Journal, number: number): string {
  return journal.change.plan.steps[number]?.title ?? `Step ${number + 1}`;
}

/** What stays although everything else was taken back, in words. */
function notUndoable({ change }: Journal): string {
  const stays = change.plan.steps.filter(
    (step, number) => !step.undoable && change.steps[number]?.state === 'done',
  );
  return stays.map((step) => `"${step.title}" stays: ${step.undo}`).join(' ');
}

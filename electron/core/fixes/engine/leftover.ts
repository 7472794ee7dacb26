import { standingSteps, stands } from '#core/fixes/plans/undo-order.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import { differenceWords } from './ask.ts';
import type { Journal } from './journal.ts';
import type { ChangeOnNode } from './on-node.ts';
import type { EngineParts } from './parts.ts';
import { notAllowed } from './refusals.ts';

/**
 * Writes down, step by step, what the node still has of a change that comes to a stop, so that a person sees exactly what is left
 * and can take it back later: `done` with its undo record for what is there, `taken-back` for what is gone.
 * @param entry what the node has of the change; undefined when it knows nothing of it, and then the steps stay as they are
 * @param why words for steps that the node refused to take back; of the others it is asked
 */
export async function writeLeftover(
  journal: Journal,
  channel: HelperChannel,
  entry: ChangeOnNode | undefined,
  why: ReadonlyMap<number, string>,
): Promise<void> {
  const reasons =
    entry === undefined ? why : new Map([...(await comparedWith(journal, channel, entry)), ...why]);
  for (const { step: number, state, record } of entry?.steps ?? []) {
    const stored = journal.change.steps[number];
    if (stored === undefined) continue;
    if (state === 'undone') {
      if (stored.state !== 'taken-back') await journal.step(number, { state: 'taken-back' });
      continue;
    }
    const said = reasons.get(number) ?? stored.message;
    await journal.step(number, {
      state: 'done',
      record: stored.record ?? record,
      message: said === null ? null : said.slice(0, 1_000),
    });
  }
}

/** Writes down that the node took all back, but for steps that stay. */
export async function writeTakenBack(journal: Journal, stays: ReadonlySet<number>): Promise<void> {
  for (const [number, { state }] of journal.change.steps.entries()) {
    if ((state === 'done' || state === 'running') && !stays.has(number))
      await journal.step(number, { state: 'taken-back' });
  }
}

/** What keeps each step that is left from being taken back, as the node compares it; empty when it does not say. */
async function comparedWith(
  { change }: Journal,
  channel: HelperChannel,
  entry: ChangeOnNode,
): Promise<Map<number, string>> {
  const words = new Map<number, string>();
  const asked = entry.steps.flatMap(({ step, state, record }) =>
    state === 'undone' || change.plan.steps[step]?.undoable === false
      ? []
      : [{ change: change.id, step, record }],
  );
  if (asked.length === 0) return words;
  const reply = await channel.ask({ version: HELPER_PROTOCOL, ask: 'compare', steps: asked });
  if (!reply.ok || reply.answer.answer !== 'compared') return words;
  for (const [index, { differences, refused }] of reply.answer.steps.entries()) {
    const step = asked[index]?.step;
    const said =
      refused ?? (differences.length === 0 ? null : `It was changed since: ${differenceWords(differences)}`);
    if (step !== undefined && said !== null) words.set(step, said);
  }
  return words;
}

/**
 * Counts as settled, on a person's word, what of a change could not be taken back.
 * @param undoRefused the node refused to take it back
 * @throws ConsoleError NOT_ALLOWED when it could be taken back, when nothing of it is left, or when something is under way on the node
 */
export async function leaveAsItIs(
  parts: EngineParts,
  change: StoredChange,
  undoRefused: boolean,
): Promise<void> {
  const { store } = parts;
  if ((await store.openChanges()).some(({ node }) => node === change.node))
    throw notAllowed(`Another change of ${change.plan.nodeName} is under way.`, 'Wait for its end.');
  const isStuck = change.state === 'stuck';
  if (change.endedAt === null || !(isStuck || stands(change)))
    throw notAllowed('Nothing of it is left that could not be taken back.');
  if (!isStuck && !undoRefused)
    throw notAllowed('Nothing keeps this change from being taken back.', 'Undo it instead.');
  const isOwn = change.plan.purpose === 'fix' || change.plan.purpose === 'redo';
  const left = isOwn ? standingSteps(change) : [];
  const titles = left.map((number) => `"${change.plan.steps[number]?.title ?? `Step ${number + 1}`}"`);
  const words = titles.length === 0 ? 'A person settled it.' : `Left as it is by hand: ${titles.join(', ')}.`;
  const at = parts.clock.now().toISOString();
  await store.writeChange({
    id: change.id,
    fields: {
      ...(isStuck ? { state: 'rolled-back' as const } : {}),
      error: `${change.error ?? ''} ${words}`.trim().slice(0, 2_000),
    },
    steps: left.flatMap((number) => {
      const step = change.steps[number];
      return step === undefined ? [] : [{ number, step: { ...step, state: 'left-out' as const, at } }];
    }),
  });
  const after = await store.change({ id: change.id });
  if (after === null) return;
  parts.changed(after);
  parts.told(after, 'settled');
}

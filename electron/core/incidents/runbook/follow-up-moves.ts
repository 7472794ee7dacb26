import type { CheckId } from '#shared/domain/check-id.ts';
import { type FollowUp, MOST_FOLLOW_UPS } from '#shared/domain/incident/follow-up.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { type Moved, made, refuse, same } from './moved.ts';

/** What a person sets of something that is to change. */
interface Wish {
  words: string;
  check: CheckId | null;
  owner: string;
  due: string | null;
}

export type FollowUpMove =
  | ({ kind: 'follow-up' } & Wish)
  | ({ kind: 'follow-up-change'; number: number } & Wish)
  /** `done`: false takes it back. */
  | { kind: 'follow-up-done'; number: number; done: boolean; words: string };

/** @returns whether a move is about what is to change */
export const isFollowUpMove = (move: { kind: string }): move is FollowUpMove =>
  move.kind.startsWith('follow-up');

/** Adds, words anew or ticks off what is to change; also of a closed incident. */
export function moveFollowUp(before: Incident, move: FollowUpMove, at: string, who: string): Moved {
  const { followUps } = before;
  if (move.kind === 'follow-up') {
    const { check, due } = move;
    const [words, owner] = [move.words.trim(), move.owner.trim()];
    if (words === '') return refuse('no-words');
    const isSame = (one: FollowUp) => one.words === words && one.check === check && one.doneAt === null;
    if (followUps.some(isSame)) return same(before);
    if (followUps.length >= MOST_FOLLOW_UPS) return refuse('full');
    const number = Math.max(0, ...followUps.map((one) => one.number)) + 1;
    const added = { number, words, check, owner, due, at, who, doneAt: null };
    return made({ ...before, followUps: [...followUps, added] }, at, who, 'follow-up', null, words);
  }
  const found = followUps.find(({ number }) => number === move.number);
  if (found === undefined) return refuse('no-follow-up');
  const put = (fields: Partial<FollowUp>) => ({
    ...before,
    followUps: followUps.map((one) => (one === found ? { ...one, ...fields } : one)),
  });
  if (move.kind === 'follow-up-done') {
    if ((found.doneAt !== null) === move.done) return same(before);
    const said = move.words.trim();
    const text = said === '' ? found.words : `${found.words} — ${said}`;
    const next = put({ doneAt: move.done ? at : null });
    return made(next, at, who, move.done ? 'follow-up-done' : 'follow-up-open', null, text);
  }
  const { check, due } = move;
  const [words, owner] = [move.words.trim(), move.owner.trim()];
  if (words === '') return refuse('no-words');
  if (found.words === words && found.check === check && found.owner === owner && found.due === due)
    return same(before);
  return made(put({ words, check, owner, due }), at, who, 'follow-up-changed', null, words);
}

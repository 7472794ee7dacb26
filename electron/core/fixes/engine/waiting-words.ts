import { undoCommand } from '#core/hosts/command-hint.ts';
import type { HelperFailure } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { secondsBeforeSteps } from '#shared/domain/arm-seconds.ts';
import { WHEN_LET } from '#shared/domain/plan.ts';
import type { EngineParts } from './parts.ts';
import { needsPerson, sentence } from './refusals.ts';

/** Bounds the error of a change; what a node says may be longer. */
const MOST = 2_000;

/**
 * What a person reads of a change that waits in the middle: for what, how it is taken up again, and what holds until then.
 * @param why why it is taken back; by default what it said of that itself
 */
export function waitingError(
  change: StoredChange,
  failure: HelperFailure,
  { clock }: Pick<EngineParts, 'clock'>,
  why = change.state === 'rolling-back' ? withoutWaiting(change.error) : '',
): string {
  const node = change.plan.nodeName;
  const now = clock.now();
  const isBack = change.state === 'rolling-back';
  const what = isBack ? 'It is taken back' : 'It goes on';
  const asked = `Press "Try now" on the page of this change in Activity, or say: ${undoCommand(change.id)} – Swarmkeep then asks once, looks at where it stands, and brings it to its end.`;
  const wait = needsPerson(failure)
    ? `${what} ${WHEN_LET}: ${failure.message} ${asked}`
    : `${isBack ? `It is taken back as soon as ${node} answers:` : 'It waits for the node:'} ${sentence(failure)}`;
  return [why, wait, standsWords(change, failure, now)]
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, MOST);
}

/** @returns an error without what {@link waitingError} said of the waiting; empty when that was all */
export function withoutWaiting(error: string | null): string {
  const waiting = / ?(It goes on as soon as|It is taken back as soon as|It waits for the node:) .*$/s;
  return (error ?? '').replace(waiting, '');
}

/** What holds on the node while nobody can look: its own timer, or what was done. Empty when nothing was begun. */
function standsWords(change: StoredChange, failure: HelperFailure, now: Date): string {
  const node = change.plan.nodeName;
  if (change.steps.every((step) => step.state === 'waiting')) return '';
  const end = timerEnd(change);
  if (end === null) return change.state === 'rolling-back' ? '' : 'What was done so far stands.';
  if (now.getTime() < end) return `Otherwise ${node} takes it back by itself, by about ${about(end, now)}.`;
  const when =
    failure.kind === 'dismissed'
      ? 'the question is answered'
      : needsPerson(failure)
        ? 'the password is typed'
        : 'it answers';
  return `By now ${node} has most likely taken it back by itself (its own timer ended at about ${about(end, now)}); it is looked at as soon as ${when}.`;
}

/** @returns when the timer of the node has ended at the latest, as a time in milliseconds; null when none is known to be set */
function timerEnd({ plan, kept, state, startedAt, revertsAt, steps }: StoredChange): number | null {
  if (plan.revertsAfter === null || kept || state === 'verifying') return null;
  if (revertsAt !== null) return Date.parse(revertsAt);
  // A person may have been asked for a password after it was ordered: the timer is set right before the first step.
  const times = steps.flatMap(({ at }) => (at === null ? [] : [Date.parse(at)]));
  const from = Math.max(Date.parse(startedAt), times.length > 0 ? Math.min(...times) : 0);
  return from + secondsBeforeSteps(plan, plan.revertsAfter) * 1_000;
}

/** @returns hours and minutes as the clock of this computer shows them, with the day when it is another one */
function about(time: number, now: Date): string {
  const then = new Date(time);
  const two = (number: number) => String(number).padStart(2, '0');
  const clock = `${two(then.getHours())}:${two(then.getMinutes())}`;
  if (then.toDateString() === now.toDateString()) return clock;
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${clock}`;
}

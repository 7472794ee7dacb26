import type { AppliedChange, ChangeState } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import type { ShownStatus } from '../status-words.ts';

interface StateWords {
  /** Icon and colour; the word alone would do. */
  status: ShownStatus;
  /** As it stands in a row: `checking`, `undone`. */
  word: string;
}

const STATES: Readonly<Record<ChangeState, StateWords>> = {
  waiting: { status: 'unknown', word: 'waiting' },
  applying: { status: 'unknown', word: 'being applied' },
  unconfirmed: { status: 'review', word: 'keep or revert' },
  verifying: { status: 'unknown', word: 'checking' },
  done: { status: 'pass', word: 'fine' },
  'not-verified': { status: 'review', word: 'not verified' },
  'rolling-back': { status: 'unknown', word: 'being taken back' },
  'rolled-back': { status: 'not-applicable', word: 'taken back' },
  reverted: { status: 'not-applicable', word: 'took itself back' },
  undone: { status: 'not-applicable', word: 'undone' },
  stuck: { status: 'fix', word: 'stuck' },
};

/** @returns icon and word of a state */
export function stateWords(state: ChangeState): StateWords {
  return STATES[state];
}

const RUNNING: readonly ChangeState[] = ['waiting', 'applying', 'verifying', 'rolling-back'];

/** Whether the console works on it now, and something will come of it without anybody's doing. */
export function isUnderWay({ state }: Pick<AppliedChange, 'state'>): boolean {
  return RUNNING.includes(state);
}

/** Whether it is over: nothing more comes of it by itself. */
export function isSettled(change: Pick<AppliedChange, 'state'>): boolean {
  return !isUnderWay(change) && change.state !== 'unconfirmed';
}

/** What a person reads first about a change: how it stands, with the name of the node. */
export function changeSentence(change: AppliedChange): string {
  const node = visible(change.nodeName);
  switch (change.state) {
    case 'waiting':
      return `Waiting for its turn on ${node}.`;
    case 'applying':
      return `Being applied on ${node}.`;
    case 'unconfirmed':
      return `Applied on ${node}. It takes itself back unless you keep it.`;
    case 'verifying':
      return `Applied on ${node}. Checking with fresh facts.`;
    case 'done':
      return change.results.length > 0
        ? `In force on ${node}, and an independent look says so.`
        : `Done on ${node}.`;
    case 'not-verified':
      return `Applied on ${node}, but the look afterwards does not say that it is fine.`;
    case 'rolling-back':
      return `Being taken back on ${node}.`;
    case 'rolled-back':
      return change.steps.some((step) => step.state === 'left-out')
        ? `Settled: taken back on ${node}, but for what was left as it is.`
        : `Taken back: ${node} is as it was before.`;
    case 'reverted':
      return `It took itself back: nobody kept it, and ${node} is as it was before.`;
    case 'undone':
      return `Undone: ${node} is as it was before this change.`;
    case 'stuck':
      return `Stuck: on ${node} it could neither be finished nor taken back.`;
  }
}

/** What follows from it, in one sentence; empty when the sentence says it all. */
export function changeLead(change: AppliedChange): string {
  const node = visible(change.nodeName);
  switch (change.state) {
    case 'applying':
      return 'You can stop it between two steps; what was done is taken back then.';
    case 'unconfirmed':
      return `Try now what you need: a new login on ${node}, a task between your nodes. Then keep it.`;
    case 'verifying':
      return 'Applied is not done. It counts when a look by another way says so.';
    case 'not-verified':
      return 'Nothing was taken back. Read what the look says, then look again or undo it.';
    case 'stuck':
      return 'Nothing more is tried by itself. Below stands what is still there and why; then it is yours: take it back by hand, try again, or leave it as it is.';
    default:
      return '';
  }
}

/** How many steps are over, of how many, and what is done now: for a button, a bar and a reader. */
export function stepProgress({ steps, state }: AppliedChange): { done: number; of: number; words: string } {
  const counted = steps.filter((step) => step.state !== 'left-out');
  const of = counted.length;
  if (state === 'rolling-back') {
    const left = counted.filter((step) => step.state === 'done' || step.state === 'running').length;
    return { done: of - left, of, words: 'Taking it back' };
  }
  const done = counted.filter((step) => step.state === 'done').length;
  const running = counted.find((step) => step.state === 'running') ?? counted[done];
  const present = running ? `, ${lowered(visible(running.title))}` : '';
  return { done, of, words: `${Math.min(done + 1, of)} of ${of}${present}` };
}

/** A title within a sentence begins small, unless its first word is written in capitals. */
function lowered(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

import type { Incident, IncidentKind, StepState } from '#shared/domain/incident/incident.ts';
import { freshSteps, PLAYBOOKS } from '#shared/domain/incident/playbook.ts';
import { NOTHING_REBUILT } from '#shared/domain/incident/rebuild-state.ts';
import type { Move } from '../moves.ts';

/** A case as it is opened. */
export function caseOf(kind: IncidentKind, node: string | null = 'naru'): Incident {
  const at = '2026-11-22T23:04:00.000Z';
  return {
    id: 'c'.repeat(32),
    number: 3,
    kind,
    node,
    name: node ?? 'minotaur',
    address: node === null ? '172.16.4.9' : '',
    origin: { kind: 'by-hand' },
    seen: 'naru talks to an address that is not ours.',
    since: at,
    openedAt: at,
    openedBy: 'ana',
    closedAt: null,
    closing: '',
    revision: 1,
    steps: freshSteps(kind, node !== null),
    pins: [],
    credentials: [],
    followUps: [],
    rebuild: NOTHING_REBUILT,
    falseAlarm: null,
    touchedAt: at,
  };
}

/** What a list of moves led to, told anew from its beginning each time: slow, and nothing is remembered in between. */
export interface NaiveState {
  steps: Record<string, StepState>;
  closed: boolean;
  ticked: string[];
}

/** @returns how things stand after moves that were all accepted */
export function naiveOf(kind: IncidentKind, happened: readonly Move[]): NaiveState {
  const steps = Object.fromEntries(
    freshSteps(kind, true).map(({ step }) => [step, newestOf(happened, step)] as const),
  );
  const ends = happened.filter((move) => move.kind === 'close' || move.kind === 'reopen');
  const ticks = happened.filter((move) => move.kind === 'credential');
  const names = [...new Set(ticks.map(({ credential }) => credential))];
  return {
    steps,
    closed: ends.at(-1)?.kind === 'close',
    ticked: names
      .filter((name) => ticks.filter(({ credential }) => credential === name).at(-1)?.revoked)
      .sort(),
  };
}

/** Shutting off anew undoes gate and opening; setting up anew undoes the gate. */
function isUndoneBy(move: Move, step: string): boolean {
  if (move.kind !== 'begin' && move.kind !== 'again') return false;
  if (move.step === 'isolate') return step === 'rejoin' || step === 'release';
  return move.step === 'rebuild' && step === 'rejoin';
}

/** The last thing that was said of a step is what it is. */
function newestOf(happened: readonly Move[], step: string): StepState {
  for (const [index, move] of [...happened.entries()].reverse()) {
    if (move.kind === 'close') {
      const was = newestOf(happened.slice(0, index), step);
      if (was === 'done' || was === 'skipped') continue;
      return 'skipped';
    }
    if (isUndoneBy(move, step)) {
      const was = newestOf(happened.slice(0, index), step);
      if (was === 'done' || was === 'skipped') return 'not-begun';
      continue;
    }
    if (!('step' in move) || move.step !== step) continue;
    if (move.kind === 'begin') return 'under-way';
    if (move.kind === 'end') return move.outcome;
    if (move.kind === 'did') return 'done';
    return move.kind === 'skip' ? 'skipped' : 'not-begun';
  }
  return 'not-begun';
}

/** @returns whether a move is accepted after others, by the rules as a person would say them; and the moves that count from then on */
export function naiveMove(
  kind: IncidentKind,
  happened: readonly Move[],
  move: Move,
): { ok: boolean; happened: Move[] } {
  const { steps, closed, ticked } = naiveOf(kind, happened);
  const no = { ok: false, happened: [...happened] };
  const same = { ok: true, happened: [...happened] };
  const yes = { ok: true, happened: [...happened, move] };
  if (move.kind === 'reopen') return closed ? yes : no;
  if (closed) return no;
  if (move.kind === 'note' || move.kind === 'decide') return move.words === '' ? no : yes;
  if (move.kind === 'credential') return ticked.includes(move.credential) === move.revoked ? same : yes;
  if (!isOfTwin(move)) throw new Error('Not part of this twin');
  const settled = (step: string) => steps[step] === undefined || ['done', 'skipped'].includes(steps[step]);
  if (move.kind === 'close') {
    const all = Object.values(steps);
    const left = all.some((state) => state !== 'done' && state !== 'skipped');
    const shut =
      'release' in steps &&
      runOf(happened, 'isolate') !== null &&
      steps.isolate !== 'skipped' &&
      !settled('release');
    return move.words === '' || all.includes('under-way') || shut || (left && !move.rest) ? no : yes;
  }
  const state = steps[move.step];
  if (state === undefined) return no;
  const of = PLAYBOOKS[kind].steps.find(({ step }) => step === move.step);
  const needs = of?.needs ?? [];
  const met = (step: string) => (step === 'rejoin' && step in steps ? steps[step] === 'done' : settled(step));
  const shut = runOf(happened, 'isolate') !== null && steps.isolate !== 'skipped' && !settled('release');
  const run = runOf(happened, move.step);
  switch (move.kind) {
    case 'begin':
      if (run === move.run && state !== 'not-begun') return same;
      return (state === 'not-begun' || state === 'failed') && needs.every(met) ? yes : no;
    case 'end':
      return run === move.run && state !== 'not-begun' && state !== 'skipped' ? yes : no;
    case 'did':
      return move.words !== '' &&
        (state === 'not-begun' || state === 'failed') &&
        needs.every(met) &&
        // The new secret and the gate: nobody's word settles them.
        !['rotate', 'rejoin'].includes(move.step)
        ? yes
        : no;
    case 'skip':
      return move.words !== '' &&
        (state === 'not-begun' || state === 'failed') &&
        !(move.step === 'rejoin' && 'release' in steps && shut)
        ? yes
        : no;
    case 'again':
      return state === 'under-way' ? no : state === 'not-begun' ? same : yes;
  }
}

type TwinMove = Extract<
  Move,
  { kind: 'begin' | 'end' | 'did' | 'skip' | 'again' | 'note' | 'decide' | 'credential' | 'close' | 'reopen' }
>;
const OF_TWIN = ['begin', 'end', 'did', 'skip', 'again', 'note', 'decide', 'credential', 'close', 'reopen'];
const isOfTwin = (move: Move): move is TwinMove => OF_TWIN.includes(move.kind);

/** The try that a step is at: begun, and not given up since. */
function runOf(happened: readonly Move[], step: string): string | null {
  for (const [index, move] of [...happened.entries()].reverse()) {
    if (move.kind === 'close') {
      const was = newestOf(happened.slice(0, index), step);
      if (was === 'done' || was === 'skipped') continue;
      return null;
    }
    if (isUndoneBy(move, step)) {
      const was = newestOf(happened.slice(0, index), step);
      if (was === 'done' || was === 'skipped') return null;
      continue;
    }
    if (!('step' in move) || move.step !== step) continue;
    if (move.kind === 'begin') return move.run;
    if (move.kind !== 'end') return null;
  }
  return null;
}

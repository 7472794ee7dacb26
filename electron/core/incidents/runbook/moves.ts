import {
  type EntryKind,
  INCIDENT_MOST,
  type Incident,
  type IncidentStep,
  type StepProof,
} from '#shared/domain/incident/incident.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';
import { needsOf, stepOf } from '#shared/domain/incident/playbook.ts';
import type { RebuildState } from '#shared/domain/incident/rebuild-state.ts';
import { afresh, unsettledBy } from './afresh.ts';
import { callFalseAlarm, type FalseAlarmMove, takeBackFalseAlarm } from './false-alarm.ts';
import { type FollowUpMove, isFollowUpMove, moveFollowUp } from './follow-up-moves.ts';
import { isHeld } from './held.ts';
import { type Moved, made, refuse } from './moved.ts';
import { isRebuildMove, moveRebuild, type RebuildMove } from './rebuild-moves.ts';

/** What can happen to an incident. Everything that a console does about one is one of these, written down before it is believed. */
export type Move =
  /** Intent: a step is about to be done under this id. */
  | { kind: 'begin'; step: string; run: string; plan: IncidentStep['plan'] }
  /** Outcome of a try. The same try may tell better later, such as a node that answers at last. */
  | {
      kind: 'end';
      step: string;
      run: string;
      outcome: 'done' | 'failed';
      proof: StepProof | null;
      words: string;
    }
  /** A person did it, and says what. */
  | { kind: 'did'; step: string; words: string }
  | { kind: 'skip'; step: string; words: string }
  /** Takes a settled or failed step up again. */
  | { kind: 'again'; step: string }
  | { kind: 'note'; words: string }
  | { kind: 'decide'; words: string }
  | { kind: 'pin'; item: string; title: string; words: string }
  | { kind: 'unpin'; item: string }
  | { kind: 'credential'; credential: string; name: string; revoked: boolean; words: string }
  /** `rest`: why the steps that are left need not be done; null: none may be left. */
  | { kind: 'close'; words: string; rest: string | null }
  | { kind: 'reopen' }
  | FalseAlarmMove
  | FollowUpMove
  | RebuildMove;

/**
 * The state machine of an incident, pure. Making the same move twice gives the same as making it once.
 * @param at when, and `who` made it
 * @returns the incident after the move, with the line for "so far"; or why not
 */
export function applyMove(before: Incident, move: Move, at: string, who: string): Moved {
  if (move.kind === 'reopen') {
    if (before.closedAt === null) return refuse('open');
    const open = takeBackFalseAlarm({ ...before, closedAt: null, closing: '' });
    return made(open, at, who, 'reopened', null, '');
  }
  // What is to change is mostly changed after the case is closed.
  if (isFollowUpMove(move)) return moveFollowUp(before, move, at, who);
  if (before.closedAt !== null) return refuse('closed');
  if (isRebuildMove(move)) return moveRebuild(before, move, at, who);
  switch (move.kind) {
    case 'false-alarm':
      return callFalseAlarm(before, move, at, who);
    case 'begin':
    case 'end':
    case 'did':
    case 'skip':
    case 'again':
      return moveStep(before, move, at, who);
    case 'note':
    case 'decide':
      if (move.words.trim() === '') return refuse('no-words');
      return made(before, at, who, move.kind === 'note' ? 'note' : 'decision', null, move.words);
    case 'pin':
      return pin(before, move, at, who);
    case 'unpin': {
      const pinned = before.pins.find(({ item }) => item === move.item);
      if (pinned === undefined) return { ok: true, incident: before, entry: null };
      const pins = before.pins.filter((one) => one !== pinned);
      return made({ ...before, pins }, at, who, 'unpinned', null, pinned.title);
    }
    case 'credential':
      return tick(before, move, at, who);
    case 'close':
      return close(before, move, at, who);
  }
}

type StepMove = Extract<Move, { kind: 'begin' | 'end' | 'did' | 'skip' | 'again' }>;

function moveStep(before: Incident, move: StepMove, at: string, who: string): Moved {
  const step = before.steps.find((one) => one.step === move.step);
  if (step === undefined) return refuse('no-step');
  const same: Moved = { ok: true, incident: before, entry: null };
  const set = (fields: Partial<IncidentStep>, kind: EntryKind, text: string): Moved => {
    const steps = before.steps.map((one) => (one === step ? { ...one, ...fields } : one));
    const next = { ...before, steps };
    return made(kind === 'begun' ? unsettledBy(next, step.action) : next, at, who, kind, step.step, text);
  };
  switch (move.kind) {
    case 'begin': {
      if (step.run === move.run && step.state !== 'not-begun') return same;
      if (step.state === 'under-way') return refuse('under-way');
      if (isSettled(step)) return refuse('settled');
      if (!needsMet(before, step)) return refuse('needs');
      if (step.tries >= 10_000) return refuse('full');
      const { run, plan } = move;
      const fields = { state: 'under-way', run, plan, tries: step.tries + 1, startedAt: at } as const;
      return set({ ...fields, endedAt: null, proof: null, words: '' }, 'begun', '');
    }
    case 'end': {
      // A try that was given up for another one has no say any more.
      if (step.run !== move.run || step.state === 'not-begun' || step.state === 'skipped')
        return refuse('other-run');
      const { outcome: state, proof, words } = move;
      if (step.state === state && step.proof === proof && step.words === words) return same;
      return set({ state, endedAt: at, proof, words }, state, words);
    }
    case 'did':
    case 'skip': {
      if (step.state === 'under-way') return refuse('under-way');
      if (isSettled(step)) return refuse('settled');
      if (move.words.trim() === '') return refuse('no-words');
      const done = move.kind === 'did';
      if (done && stepOf(before.kind, step.step).seenOnly) return refuse('seen-only');
      // Past the gate leads a decision that somebody agreed to outside the page, and no word in a field.
      if (!done && step.action === 'rejoin' && isHeld(before)) return refuse('gate');
      if (done && !needsMet(before, step)) return refuse('needs');
      return set(
        {
          state: done ? 'done' : 'skipped',
          run: null,
          plan: null,
          startedAt: step.startedAt ?? at,
          endedAt: at,
          proof: done ? 'said' : null,
          words: move.words,
        },
        done ? 'done' : 'skipped',
        move.words,
      );
    }
    case 'again':
      if (step.state === 'not-begun') return same;
      if (step.state === 'under-way') return refuse('under-way');
      return takeUp(before, step, at, who);
  }
}

/** What was proven or decided about one set-up says nothing about the next: neither its key nor a decision to let it in. */
function rebuildAgain(rebuild: RebuildState, action: IncidentStep['action']): RebuildState {
  if (action === 'rejoin') return { ...rebuild, override: null };
  if (action !== 'rebuild') return rebuild;
  const { before, hostKey } = rebuild;
  if (before === null || hostKey === null) return { ...rebuild, hostKey: null, override: null };
  const hostKeys = [...new Set([...before.hostKeys, hostKey.fingerprint])].slice(-16);
  return { ...rebuild, before: { ...before, hostKeys }, hostKey: null, override: null };
}

/** Takes a step up again. Whoever does that to anything but the opening no longer counts the case as a false alarm. */
function takeUp(before: Incident, step: IncidentStep, at: string, who: string): Moved {
  const counted = step.action === 'release' ? before : takeBackFalseAlarm(before);
  const steps = counted.steps.map((one) => (one.step === step.step ? afresh(one) : one));
  const rebuild = rebuildAgain(counted.rebuild, step.action);
  const next = unsettledBy({ ...counted, steps, rebuild }, step.action);
  return made(next, at, who, 'again', step.step, '');
}

/** @returns whether all steps that have to come before a step are settled; those that this incident does not have are */
export function needsMet(incident: Incident, step: Pick<IncidentStep, 'step'>): boolean {
  const needs = needsOf(incident, step.step);
  return !incident.steps.some(
    // Nobody gets past the gate by leaving it out.
    (one) => needs.includes(one.step) && (one.action === 'rejoin' ? one.state !== 'done' : !isSettled(one)),
  );
}

function close(before: Incident, move: Extract<Move, { kind: 'close' }>, at: string, who: string): Moved {
  if (move.words.trim() === '') return refuse('no-words');
  if (before.steps.some(({ state }) => state === 'under-way')) return refuse('under-way');
  // What is still shut off must not be forgotten by closing its case in one go.
  if (isHeld(before)) return refuse('held');
  const left = before.steps.filter((step) => !isSettled(step));
  const rest = move.rest?.trim() ?? '';
  if (left.length > 0 && rest === '') return refuse('steps-left');
  const steps = before.steps.map((step) =>
    isSettled(step)
      ? step
      : { ...step, state: 'skipped' as const, run: null, plan: null, endedAt: at, proof: null, words: rest },
  );
  const { words } = move;
  return made({ ...before, steps, closedAt: at, closing: words }, at, who, 'closed', null, words);
}

function pin(before: Incident, move: Extract<Move, { kind: 'pin' }>, at: string, who: string): Moved {
  const { item, title, words: note } = move;
  const pinned = before.pins.find((one) => one.item === item);
  if (pinned?.note === note) return { ok: true, incident: before, entry: null };
  if (pinned === undefined && before.pins.length >= INCIDENT_MOST.pins) return refuse('full');
  const pins = [...before.pins.filter((one) => one !== pinned), { item, title, at, who, note }];
  return made({ ...before, pins }, at, who, 'pinned', null, note === '' ? title : `${title} — ${note}`);
}

function tick(before: Incident, move: Extract<Move, { kind: 'credential' }>, at: string, who: string): Moved {
  const { credential, name, revoked, words: note } = move;
  const ticked = before.credentials.find((one) => one.credential === credential);
  if (revoked === (ticked !== undefined)) return { ok: true, incident: before, entry: null };
  if (revoked && before.credentials.length >= INCIDENT_MOST.credentials) return refuse('full');
  const credentials = revoked
    ? [...before.credentials, { credential, name, at, who, note }]
    : before.credentials.filter((one) => one !== ticked);
  const text = note === '' ? name : `${name} — ${note}`;
  return made({ ...before, credentials }, at, who, revoked ? 'revoked' : 'not-revoked', null, text);
}

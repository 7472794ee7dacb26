import {
  type EntryKind,
  INCIDENT_MOST,
  type Incident,
  type IncidentEntry,
  type IncidentStep,
  type StepProof,
} from '#shared/domain/incident/incident.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';
import { stepOf } from '#shared/domain/incident/playbook.ts';

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
  | { kind: 'reopen' };

/** Why a move is not made; nothing was changed then. */
export type MoveRefusal =
  | 'closed'
  | 'open'
  | 'no-step'
  | 'under-way'
  | 'settled'
  | 'needs'
  | 'other-run'
  | 'steps-left'
  | 'held'
  | 'no-words'
  | 'full';

/** What a move led to. `entry` is null when it changed nothing, because it was made before. */
export type Moved =
  | { ok: true; incident: Incident; entry: Omit<IncidentEntry, 'entry'> | null }
  | { ok: false; why: MoveRefusal };

const refuse = (why: MoveRefusal): Moved => ({ ok: false, why });

/**
 * The state machine of an incident, pure. Making the same move twice gives the same as making it once.
 * @param at when, and `who` made it
 * @returns the incident after the move, with the line for "so far"; or why not
 */
export function applyMove(before: Incident, move: Move, at: string, who: string): Moved {
  if (move.kind === 'reopen') {
    if (before.closedAt === null) return refuse('open');
    return made({ ...before, closedAt: null, closing: '' }, at, who, 'reopened', null, '');
  }
  if (before.closedAt !== null) return refuse('closed');
  switch (move.kind) {
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

type StepMove = Extract<Move, { step: string }>;

function moveStep(before: Incident, move: StepMove, at: string, who: string): Moved {
  const step = before.steps.find((one) => one.step === move.step);
  if (step === undefined) return refuse('no-step');
  const same: Moved = { ok: true, incident: before, entry: null };
  const set = (fields: Partial<IncidentStep>, kind: EntryKind, text: string): Moved => {
    const steps = before.steps.map((one) => (one === step ? { ...one, ...fields } : one));
    return made({ ...before, steps }, at, who, kind, step.step, text);
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
      if (move.kind === 'did' && !needsMet(before, step)) return refuse('needs');
      const done = move.kind === 'did';
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
      return set(
        {
          state: 'not-begun',
          run: null,
          plan: null,
          startedAt: null,
          endedAt: null,
          proof: null,
          words: '',
        },
        'again',
        '',
      );
  }
}

/** @returns whether all steps that have to come before a step are settled; those that this incident does not have are */
export function needsMet(incident: Incident, step: Pick<IncidentStep, 'step'>): boolean {
  const { needs } = stepOf(incident.kind, step.step);
  return !incident.steps.some((one) => needs.includes(one.step) && !isSettled(one));
}

/** Whether the node is shut off and nobody has said what is to become of that. */
export function isHeld({ steps }: Pick<Incident, 'steps'>): boolean {
  const isolate = steps.find(({ action }) => action === 'isolate');
  const release = steps.find(({ action }) => action === 'release');
  return isolate?.run != null && isolate.state !== 'skipped' && release !== undefined && !isSettled(release);
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

function made(
  incident: Incident,
  at: string,
  who: string,
  kind: EntryKind,
  step: string | null,
  text: string,
): Moved {
  return {
    ok: true,
    incident: { ...incident, revision: incident.revision + 1, touchedAt: at },
    entry: { at, who, kind, step, text: text.slice(0, 2_048) },
  };
}

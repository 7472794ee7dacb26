import { ConsoleError } from '#core/console/service.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Refusal } from './journal.ts';

const untouched = 'Nothing was changed.';

const WORDS: Readonly<Record<Exclude<Refusal, 'unknown'>, readonly [message: string, next: string]>> = {
  closed: ['The incident is closed.', 'Open it again first.'],
  open: ['The incident is open.', 'There is nothing to open again.'],
  'no-step': ['There is no such step in this incident.', 'Look at the incident again.'],
  'under-way': ['That is under way already.', 'Wait until it has ended.'],
  settled: ['That is settled already.', 'Take the step up again first, if it has to be done once more.'],
  needs: ['Other steps have to be settled before this one.', 'Do them, or skip them with a reason.'],
  'other-run': ['That try was given up.', 'Look at the incident again.'],
  'steps-left': ['Steps are left.', 'Do them, or say why they need not be done.'],
  held: [
    'The node is still shut off.',
    'Open it again first, or skip that step and say why it stays shut off.',
  ],
  'no-words': ['Words are missing.', 'Say in one sentence what was done, or why not.'],
  full: ['No more of these fit into one incident.', 'Go on in a note, or in an incident of its own.'],
  'seen-only': [
    'This is done when the console has seen it, and not by a word.',
    'Do it where the step says, or skip it with a reason.',
  ],
  gate: [
    'The gate cannot be skipped while the node is shut off.',
    'Meet its conditions, or let the node in all the same: that is a decision with a reason, and you are asked outside the page.',
  ],
  'no-follow-up': ['There is no such thing to follow up.', 'Look at the incident again.'],
  'false-alarm': ['It was called a false alarm already.', 'Open the node again, and close the incident.'],
  'node-busy': [
    'This node is in an open incident already.',
    'Go on there: a node is in one open incident at a time.',
  ],
};

/** @returns what a person is told when there is no such incident */
export function incidentMissing(): ConsoleError {
  return new ConsoleError('INCIDENT_UNKNOWN', 'There is no such incident.', {
    untouched,
    next: 'Look at the list of incidents.',
  });
}

/** @returns the error of a step that cannot be done as things are */
export function refusedStep(message: string, next: string): ConsoleError {
  return new ConsoleError('NOT_ALLOWED', message, { untouched, next });
}

/**
 * @returns the incident after a move
 * @throws ConsoleError INCIDENT_UNKNOWN; NOT_ALLOWED with the reason
 */
export function orThrow(moved: Incident | Refusal): Incident {
  if (typeof moved !== 'string') return moved;
  if (moved === 'unknown') throw incidentMissing();
  throw refusedStep(...WORDS[moved]);
}

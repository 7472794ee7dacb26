import { statSync } from 'node:fs';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { Machine } from '../machine.ts';
import { ChangeRecord, changesOf } from '../record/change-record.ts';
import { StepRecord, stepsOf } from '../record/step-record.ts';
import { Refused } from '../refused.ts';

type Listed = Extract<HelperAnswer, { answer: 'changes' }>['changes'][number];

const MAX_CHANGES = 4_096;

/**
 * Every change with records, newest first. A step whose record is damaged is listed as one that is there and that no undo will be let
 * near: left out it would be forgotten in silence, and refusing all would keep every other change from being taken back.
 */
export function listChanges(machine: Machine): HelperAnswer {
  const listed = changesOf(machine).map((change) => listChange(machine, change));
  listed.sort((a, b) => (a.at < b.at ? 1 : -1));
  return { answer: 'changes', changes: listed.slice(0, MAX_CHANGES) };
}

function listChange(machine: Machine, change: string): Listed {
  const record = new ChangeRecord(machine, change);
  const armed = record.armed();
  const waiting = armed !== null && !record.is('confirmed') && !record.is('reverted');
  let at = statSync(record.folder).birthtime.toISOString();
  const steps: Listed['steps'] = [];
  for (const step of stepsOf(machine, change)) {
    const found = listStep(machine, change, step);
    if (found === null) continue;
    if (found.at !== null && found.at < at) at = found.at;
    steps.push(found.listed);
  }
  return { change, at, armedUntil: waiting ? armed.revertsAt : null, reverted: record.is('reverted'), steps };
}

/** No record has this hash. */
const NO_RECORD = '0'.repeat(64);

function listStep(
  machine: Machine,
  change: string,
  step: number,
): { at: string | null; listed: Listed['steps'][number] } | null {
  const record = new StepRecord(machine, change, step);
  try {
    const begun = record.begun();
    if (begun === null) return null;
    const state = record.marked('undone') !== null ? 'undone' : record.done() !== null ? 'done' : 'begun';
    const { verb, target: path, at } = begun;
    return { at, listed: { step, verb, path, state, record: record.hash() } };
  } catch (thrown) {
    if (!(thrown instanceof Refused) || thrown.refusal !== 'record-damaged') throw thrown;
    return {
      at: null,
      listed: { step, verb: 'damaged', path: record.folder, state: 'done', record: NO_RECORD },
    };
  }
}

/** Forgets the undo records of a change. Refused while its timer runs: then they are still needed. */
export function forgetChange(machine: Machine, change: string): HelperAnswer {
  if (!changesOf(machine).includes(change))
    throw new Refused('unknown-change', 'Of this change there is nothing on this node.');
  const record = new ChangeRecord(machine, change);
  if (record.armed() !== null && !record.is('confirmed') && !record.is('reverted'))
    throw new Refused('busy', 'The change is not confirmed yet; its records are needed to take it back.');
  record.forget();
  return { answer: 'forgotten' };
}

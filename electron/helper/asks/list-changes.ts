import { statSync } from 'node:fs';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { Machine } from '../machine.ts';
import { ChangeRecord, changesOf } from '../record/change-record.ts';
import { StepRecord, stepsOf } from '../record/step-record.ts';
import { Refused } from '../refused.ts';

type Listed = Extract<HelperAnswer, { answer: 'changes' }>['changes'][number];

const MAX_CHANGES = 4_096;

/** Every change with records, newest first. Refuses `record-damaged` rather than leave one out in silence. */
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
    const stepRecord = new StepRecord(machine, change, step);
    const begun = stepRecord.begun();
    if (begun === null) continue;
    if (begun.at < at) at = begun.at;
    const state =
      stepRecord.marked('undone') !== null ? 'undone' : stepRecord.done() !== null ? 'done' : 'begun';
    steps.push({ step, verb: begun.verb, path: begun.target, state, record: stepRecord.hash() });
  }
  return { change, at, armedUntil: waiting ? armed.revertsAt : null, reverted: record.is('reverted'), steps };
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

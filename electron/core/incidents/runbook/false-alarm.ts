import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';
import { afresh } from './afresh.ts';
import { isHeld } from './held.ts';
import { type Moved, made, refuse } from './moved.ts';

/** A person says that nothing happened, and why. */
export interface FalseAlarmMove {
  kind: 'false-alarm';
  words: string;
}

/**
 * Nothing happened: what is left of the steps need not be done, but what was shut off has to be opened first. Where nothing is shut off, the
 * case is closed with it.
 */
export function callFalseAlarm(before: Incident, move: FalseAlarmMove, at: string, who: string): Moved {
  const words = move.words.trim();
  if (words === '') return refuse('no-words');
  if (before.falseAlarm !== null) return refuse('false-alarm');
  if (before.steps.some(({ state }) => state === 'under-way')) return refuse('under-way');
  const held = isHeld(before);
  const steps = before.steps.map((step) => {
    const stays = held && (step.action === 'isolate' || step.action === 'release');
    if (stays || isSettled(step)) return step;
    const skipped = { state: 'skipped', run: null, plan: null, endedAt: at, proof: null } as const;
    return { ...step, ...skipped, words: `A false alarm: ${words}`.slice(0, 2_048) };
  });
  const falseAlarm = { at, who, words };
  const closed = held ? {} : { closedAt: at, closing: `A false alarm: ${words}`.slice(0, 2_048) };
  return made({ ...before, ...closed, steps, falseAlarm }, at, who, 'false-alarm', null, words);
}

/** It counts as real again: what was only left out because of it is to be done after all, the gate above all. */
export function takeBackFalseAlarm(incident: Incident): Incident {
  const { falseAlarm } = incident;
  if (falseAlarm === null) return incident;
  const steps = incident.steps.map((step) =>
    step.state === 'skipped' && step.endedAt === falseAlarm.at ? afresh(step) : step,
  );
  return { ...incident, steps, falseAlarm: null };
}

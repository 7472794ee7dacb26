import type { Difference, HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { Machine } from '../machine.ts';
import { StepRecord } from '../record/step-record.ts';
import { asRefused, Refused } from '../refused.ts';
import { verbOf } from '../verbs/table.ts';
import type { AnyVerb, Work } from '../verbs/verb.ts';

/** Most differences of one answer; a step beyond them still shows its first. */
const MOST_DIFFERENCES = 256;

/** What is needed to take a step back: its verb, what was there and what was left. */
interface Taken {
  verb: AnyVerb;
  before: unknown;
  left: unknown;
  work: Work;
  record: StepRecord;
}

/** Opens the record of a step. Refuses `unknown-change`, and `record-damaged` when it is not the one with that hash. */
function openStep(machine: Machine, change: string, step: number, hash: string | null): Taken {
  const record = new StepRecord(machine, change, step);
  const begun = record.begun();
  if (begun === null)
    throw new Refused('unknown-change', `Of step ${step} there is no undo record on this node.`);
  if (hash !== null && record.hash() !== hash)
    throw new Refused(
      'record-damaged',
      'The undo record is not the one that was written. Nothing was touched.',
    );
  const verb = verbOf(begun.verb);
  if (verb === null) throw new Refused('wrong-version', `This helper cannot undo "${begun.verb}".`);
  return { verb, before: begun.before, left: record.done()?.left ?? null, work: { machine, record }, record };
}

/** A step of a change, and the hash that its undo record must have. */
interface Named {
  change: string;
  step: number;
  record: string;
}

/**
 * Takes one step back. Refuses `changed-since` with the differences when the target is not what was left; a step that was
 * taken back answers so.
 */
export function undoStep(machine: Machine, { change, step, record }: Named): HelperAnswer {
  const taken = openStep(machine, change, step, record);
  if (taken.record.marked('undone') !== null) return { answer: 'undone', already: true, output: '' };
  const found = taken.verb.differences(taken.before, taken.left, taken.work);
  if (found.length > 0)
    throw new Refused(
      'changed-since',
      'It was changed by somebody else since. Nothing was touched.',
      found.slice(0, MOST_DIFFERENCES),
    );
  return { answer: 'undone', already: false, output: takeBack(taken) };
}

/** What keeps each of these steps from being taken back. One that cannot be looked at says so and keeps no other from it. */
export function compareSteps(machine: Machine, steps: readonly Named[]): HelperAnswer {
  let room = MOST_DIFFERENCES;
  let more = 0;
  const compared = steps.map(({ change, step, record }) => {
    try {
      const taken = openStep(machine, change, step, record);
      if (taken.record.marked('undone') !== null) return { differences: [], refused: null };
      const found = taken.verb.differences(taken.before, taken.left, taken.work);
      // One of each at least: a step that is not listed would seem to be free.
      const differences = found.slice(0, Math.max(room, 1));
      room = Math.max(room - differences.length, 0);
      more += found.length - differences.length;
      return { differences, refused: null };
    } catch (thrown) {
      const refused = asRefused(thrown, `step ${step}`);
      const [first] = refused.differences;
      return first === undefined
        ? { differences: [], refused: refused.message.slice(0, 1_024) }
        : { differences: [first], refused: null };
    }
  });
  return { answer: 'compared', steps: compared, more };
}

/** Takes a step back for a change that reverts: answers the differences that keep it, or null when it is as it was. */
export function revertStep(machine: Machine, change: string, step: number): Difference[] | null {
  const taken = openStep(machine, change, step, null);
  if (taken.record.marked('undone') !== null) return null;
  if (machine.booting && taken.verb.untilBoot) {
    taken.record.mark('undone', { at: new Date().toISOString() });
    return null;
  }
  const differences = taken.verb.differences(taken.before, taken.left, taken.work);
  if (differences.length > 0) return differences;
  takeBack(taken);
  return null;
}

function takeBack(taken: Taken): string {
  const output = taken.verb.takeBack(taken.before, taken.left, taken.work);
  taken.record.mark('undone', { at: new Date().toISOString() });
  return taken.record.withLeftBehind(output).slice(0, 16_384);
}

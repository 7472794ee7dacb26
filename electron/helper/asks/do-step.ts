import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { Machine } from '../machine.ts';
import { ChangeRecord } from '../record/change-record.ts';
import { bootId, secondsSinceBoot } from '../record/clock.ts';
import { fetchingAlone } from '../record/lock.ts';
import { hashOf, StepRecord } from '../record/step-record.ts';
import { asRefused, Refused } from '../refused.ts';
import { verbOf } from '../verbs/table.ts';
import type { AnyVerb, Outcome, Work } from '../verbs/verb.ts';

/** A refusal that says whether something had begun and was taken back. */
export class StepFailed extends Error {
  readonly refused: Refused;
  readonly rolledBack: boolean;

  constructor(refused: Refused, rolledBack: boolean) {
    super(refused.message);
    this.refused = refused;
    this.rolledBack = rolledBack;
  }
}

/**
 * Does one step of a change, once. A step that is done answers so; one that was cut off is finished. When it fails after
 * it began, it is taken back and its record goes; `StepFailed` says whether that worked.
 */
export function doStep(machine: Machine, change: string, step: number, action: HelperAction): HelperAnswer {
  const verb = verbOf(action.verb);
  if (verb === null) throw new Refused('wrong-version', `This helper cannot do "${action.verb}".`);
  const work = (held: Machine) => doOnce(held, change, step, action, verb);
  return verb.fetches ? fetchingAlone(machine, work) : work(machine);
}

function doOnce(
  machine: Machine,
  change: string,
  step: number,
  action: HelperAction,
  verb: AnyVerb,
): HelperAnswer {
  const record = new StepRecord(machine, change, step);
  const work: Work = { machine, record };
  // Through JSON, so that fields that are absent are absent.
  const hash = hashOf(canonicalJson(JSON.parse(JSON.stringify(action)) as Json));
  refuseLate(machine, change);
  if (record.marked('undone') !== null) record.remove();
  const begun = record.begun();
  if (begun !== null && begun.action !== hash)
    throw new Refused('bad-request', `Step ${step} of this change is another step already.`);
  const done = record.done();
  if (done !== null) return answer(record, { ...done, already: true });
  if (record.marked('undoing') !== null)
    throw new Refused(
      'changed-since',
      'The step was being taken back when it was cut off. Take it back first.',
    );
  return perform(verb, action, work, begun?.before ?? begin(verb, action, work, hash));
}

function begin(verb: AnyVerb, action: HelperAction, work: Work, hash: string): unknown {
  const { record, machine } = work;
  new ChangeRecord(machine, record.change).open();
  record.open();
  try {
    const before = verb.look(action, work);
    record.begin({
      change: record.change,
      step: record.step,
      at: new Date().toISOString(),
      verb: action.verb,
      target: verb.target(action),
      action: hash,
      before,
    });
    return before;
  } catch (thrown) {
    record.remove();
    throw thrown;
  }
}

function perform(verb: AnyVerb, action: HelperAction, work: Work, before: unknown): HelperAnswer {
  try {
    const { left, already, ...said } = verb.perform(action, before, work);
    // As bounded as the record that has to be read back.
    const outcome = {
      left,
      already,
      notUndone: said.notUndone?.slice(0, 512) ?? null,
      output: work.record.withLeftBehind(said.output).slice(0, 16_384),
      ...(said.wheels === undefined ? {} : { wheels: said.wheels }),
    };
    work.record.finish({ at: new Date().toISOString(), ...outcome });
    return answer(work.record, outcome);
  } catch (thrown) {
    throw rollBack(verb, work, before, asRefused(thrown, verb.target(action)));
  }
}

/** What failed half-way is taken back; when even that fails, the record stays, for `undo` to try again. */
function rollBack(verb: AnyVerb, work: Work, before: unknown, refused: Refused): StepFailed {
  try {
    const left = work.record.planned();
    if (verb.differences(before, left, work).length > 0) return new StepFailed(also(work, refused), false);
    verb.takeBack(before, null, work);
    work.record.remove();
    return new StepFailed(also(work, refused), true);
  } catch (thrown) {
    const second = asRefused(thrown, 'Taking it back');
    const words = `${refused.message} Taking it back failed too: ${second.message}`;
    return new StepFailed(new Refused(refused.refusal, words, second.differences), false);
  }
}

/** A refusal with what was left behind. */
function also({ record }: Work, { refusal, message, differences }: Refused): Refused {
  return new Refused(refusal, record.withLeftBehind(message), differences);
}

/** A change that took itself back, or is about to, gets no further steps. */
function refuseLate(machine: Machine, change: string): void {
  const record = new ChangeRecord(machine, change);
  const armed = record.armed();
  const late =
    record.is('reverting') ||
    record.is('reverted') ||
    (armed !== null &&
      !record.is('confirmed') &&
      (armed.bootId !== bootId() || armed.deadline <= secondsSinceBoot()));
  if (late) throw new Refused('too-late', 'The change was not confirmed in time and takes itself back.');
}

function answer(
  record: StepRecord,
  { already, notUndone, output, wheels }: Omit<Outcome<unknown>, 'left'>,
): HelperAnswer {
  const told = wheels === undefined ? {} : { wheels };
  return { answer: 'done', record: record.hash(), already, notUndone, output, ...told };
}

import type { z } from 'zod';
import type { Difference } from '#shared/domain/helper/answers.ts';
import type { FetchedWheel } from '#shared/domain/helper/fetched-wheel.ts';
import type { HelperAction, HelperVerb } from '#shared/domain/helper/verbs.ts';
import type { Machine } from '../machine.ts';
import type { StepRecord } from '../record/step-record.ts';
import { Refused } from '../refused.ts';

/** What a step came to. */
export interface Outcome<Left> {
  left: Left;
  /** It was as wanted before. */
  already: boolean;
  /** What undo cannot bring back, in one sentence. */
  notUndone: string | null;
  output: string;
  /** The files that packages were unpacked from; absent where there are none, or nobody told. */
  wheels?: FetchedWheel[];
}

/** Where a verb works: the machine, and the record of its step. */
export interface Work {
  machine: Machine;
  record: StepRecord;
}

/**
 * One verb. `Before` is all that undo needs, and is durable before `perform` is called; `Left` is what undo expects to find.
 * Every function may throw `Refused`. `perform` and `takeBack` may be called again after a kill at any point, and then end
 * in the same state.
 */
export interface Verb<Action extends HelperAction, Before, Left> {
  verb: Action['verb'];
  before: z.ZodType<Before>;
  left: z.ZodType<Left>;
  /** What it does ends by itself when the machine goes down: the kernel's rules and switches. */
  untilBoot?: true;
  /** It decides about packets: a change that takes itself back lets them through as before, before it does anything else. */
  firstBack?: true;
  /** It fetches, and gives the node free meanwhile: no second one of its kind runs then, not even the same step asked for again. */
  fetches?: true;
  /** The path, unit, table or name that it is about, for lists. */
  target(action: Action): string;
  /** Looks what is there and keeps it; refuses when it is not what the plan saw. Touches nothing. */
  look(action: Action, work: Work): Before;
  perform(action: Action, before: Before, work: Work): Outcome<Left>;
  /** What keeps it from being taken back; empty when it can be. `left` null: the step was cut off. */
  differences(before: Before, left: Left | null, work: Work): Difference[];
  /** Brings back what was there; answers words for a person. */
  takeBack(before: Before, left: Left | null, work: Work): string;
}

/** A verb as the asks use it: what it finds and leaves is only handed through. */
export interface AnyVerb {
  untilBoot: boolean;
  firstBack: boolean;
  fetches: boolean;
  target(action: HelperAction): string;
  look(action: HelperAction, work: Work): unknown;
  perform(action: HelperAction, before: unknown, work: Work): Outcome<unknown>;
  differences(before: unknown, left: unknown, work: Work): Difference[];
  takeBack(before: unknown, left: unknown, work: Work): string;
}

/** Hides what a verb keeps behind its own schemas: a record that does not fit them is `record-damaged`. */
export function anyVerb<V extends HelperVerb, Before, Left>(
  verb: Verb<Extract<HelperAction, { verb: V }>, Before, Left>,
): AnyVerb {
  type Action = Extract<HelperAction, { verb: V }>;
  const mine = (action: HelperAction): Action => {
    if (action.verb !== verb.verb) throw new Refused('bad-request', 'This is another verb.');
    return action as Action;
  };
  const read = <T>(schema: z.ZodType<T>, value: unknown): T => {
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new Refused('record-damaged', 'The undo record cannot be read.');
    return parsed.data;
  };
  const readLeft = (left: unknown) => (left === null || left === undefined ? null : read(verb.left, left));
  return {
    untilBoot: verb.untilBoot === true,
    firstBack: verb.firstBack === true,
    fetches: verb.fetches === true,
    target: (action) => verb.target(mine(action)),
    look: (action, work) => {
      // What could not be read back would keep the step from ever being taken back.
      const before = verb.before.safeParse(verb.look(mine(action), work));
      if (before.success) return before.data;
      throw new Refused(
        'unsafe-path',
        'What is there does not fit into an undo record. Nothing was touched.',
      );
    },
    perform: (action, before, work) => verb.perform(mine(action), read(verb.before, before), work),
    differences: (before, left, work) => verb.differences(read(verb.before, before), readLeft(left), work),
    takeBack: (before, left, work) => verb.takeBack(read(verb.before, before), readLeft(left), work),
  };
}

import type { Clock } from '#core/console/clock.ts';
import type { HelperChannel, HelperFailure } from '#core/hosts/helper-channel.ts';
import type { Difference, HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';

export type Refused = Extract<HelperAnswer, { answer: 'refused' }>;

/** An answer that fits, a refusal of the helper, or no answer at all. */
export type Asked<A> =
  | { how: 'answered'; answer: A }
  | { how: 'refused'; refused: Refused }
  | { how: 'lost'; failure: HelperFailure };

/** Every request may be asked again: the helper does nothing twice. Waits between, in milliseconds. */
const AGAIN_AFTER_MS = [500, 1_500, 4_000];
/** Another run of the helper ends soon. */
const BUSY_AFTER_MS = [200, 500, 1_000, 2_000, 4_000, 8_000];

/** A failure after which asking again may help. */
const PASSING: ReadonlySet<HelperFailure['kind']> = new Set(['away', 'cut', 'timed-out', 'bad-answer']);

/**
 * Asks the helper, again where the connection broke or another run held it up.
 * @param kinds the answers that are wanted
 */
export async function askHelper<K extends HelperAnswer['answer']>(
  channel: HelperChannel,
  clock: Clock,
  request: HelperRequest,
  ...kinds: K[]
): Promise<Asked<Extract<HelperAnswer, { answer: K }>>> {
  const again = [...AGAIN_AFTER_MS];
  const busy = [...BUSY_AFTER_MS];
  let mayHaveBegun = false;
  for (;;) {
    const reply = await channel.ask(request);
    if (reply.ok && (kinds as readonly string[]).includes(reply.answer.answer)) {
      return { how: 'answered', answer: reply.answer as Extract<HelperAnswer, { answer: K }> };
    }
    if (reply.ok && reply.answer.answer === 'refused') {
      const wait = reply.answer.refusal === 'busy' ? busy.shift() : undefined;
      if (wait === undefined) return { how: 'refused', refused: reply.answer };
      await sleep(clock, wait);
      continue;
    }
    const failure: HelperFailure = reply.ok
      ? { kind: 'bad-answer', message: 'The helper answered something else.', next: '', mayHaveBegun: true }
      : reply.failure;
    mayHaveBegun ||= failure.mayHaveBegun;
    const wait = PASSING.has(failure.kind) ? again.shift() : undefined;
    if (wait === undefined) return { how: 'lost', failure: { ...failure, mayHaveBegun } };
    await sleep(clock, wait);
  }
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** @returns why it was not done, in words that can be shown */
export function refusalWords(refused: Refused): string {
  const differences = differenceWords(refused.differences);
  return `${refused.message}${differences === '' ? '' : ` (${differences})`}`.slice(0, 1_000);
}

/** @returns what is other than it was left, the first few of it */
export function differenceWords(differences: readonly Difference[]): string {
  return differences
    .slice(0, 4)
    .map((one) => `${one.path}: ${one.what} was ${one.left}, is ${one.now}`)
    .join('; ');
}

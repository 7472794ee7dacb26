import type { ApiClient } from '#core/api/direct-client.ts';
import { readStream } from '#shared/contract/read-stream.ts';
import { commandName } from '#shared/domain/command-name.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import type { Terminal } from './terminal.ts';

/** @returns the time of day of an instant (ISO 8601) on the clock of this computer: `09:37:15` */
export function clockTime(instant: string): string {
  const at = new Date(instant);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/**
 * Until when a change can be kept, for a sentence.
 * @param now milliseconds since 1970
 * @returns `in 60 seconds, at 09:37:15`
 */
export function untilWords(revertsAt: string, now: number): string {
  const seconds = Math.max(0, Math.round((Date.parse(revertsAt) - now) / 1_000));
  return `in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, at ${clockTime(revertsAt)}`;
}

/**
 * Asks whether a change that takes itself back is kept. The question ends by itself when there is nothing left to keep: the change
 * took itself back, or was kept or taken back from elsewhere.
 * @param change as it is now: `unconfirmed`
 * @returns whether the person wants to keep it
 */
export async function wantsToKeep(
  client: ApiClient,
  change: AppliedChange,
  terminal: Terminal,
): Promise<boolean> {
  const name = commandName(terminal.environment);
  const when = change.revertsAt === null ? '' : ` ${untilWords(change.revertsAt, Date.now())},`;
  terminal.error.write(
    `It is done, and takes itself back${when} unless it is kept. From elsewhere: ${name} confirm ${change.id}\n`,
  );
  const answered = new AbortController();
  const over = new AbortController();
  const watching = leftUnconfirmed(client, change.id, answered.signal).then(
    (left) => left && over.abort(),
    // A stream that cannot be had leaves the question as it is: its own time ends it.
    () => undefined,
  );
  const answer = await terminal.ask('Type keep to keep it: ', over.signal);
  // The cursor still stands behind the question.
  if (over.signal.aborted) terminal.error.write('\n');
  answered.abort();
  void watching;
  return !over.signal.aborted && answer?.trim().toLowerCase() === 'keep';
}

/** Waits until a change is anything but `unconfirmed`. @returns false when the signal ended the waiting before */
async function leftUnconfirmed(client: ApiClient, id: string, signal: AbortSignal): Promise<boolean> {
  const messages = readStream<AppliedChange[], AppliedChange>({
    open: (input, options) => client.fixes.progress(input, options),
    acknowledge: (input) => client.streams.acknowledge(input),
    signal,
  });
  for await (const message of messages) {
    if (message.kind === 'skipped') continue;
    const all: AppliedChange[] = message.kind === 'snapshot' ? message.value : [message.value];
    const change = all.find((one) => one.id === id);
    if (change !== undefined && change.state !== 'unconfirmed') return true;
  }
  return false;
}

/**
 * Says of a change that was to be kept and took itself back when it did.
 * @param revertsAt the time that stood in the question; the console hears of it a little later
 * @returns a line, or nothing for a change that ended in any other way
 */
export function tookItselfBack(ended: AppliedChange, revertsAt: string | null): string {
  if (ended.state !== 'reverted') return '';
  const seen = ended.endedAt;
  const at = revertsAt === null || (seen !== null && seen < revertsAt) ? seen : revertsAt;
  return `It took itself back${at === null ? '' : ` at ${clockTime(at)}`}; nothing is left of it.\n`;
}

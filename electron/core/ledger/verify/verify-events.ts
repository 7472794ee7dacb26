import type { VerificationProblem } from '#shared/contract/activity.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { fromBase64 } from '../hash.ts';
import { isSignedBy, readVerifier, renamedVerifier, type Verifier } from '../signed-note.ts';
import { compareUpper } from './compare-upper.ts';
import type { EventsVerification, EventsVouchedFor } from './events-told.ts';
import { recompute } from './recompute.ts';
import type { LedgerSource } from './stored-hashes.ts';

const MOST_PROBLEMS = 100;

/** Where the events of logs lie: as the ledger's own, and the checkpoints over them. */
export type EventsSource = Omit<LedgerSource, 'ledgerHead'> & {
  eventsHead(): Promise<{ newest: { size: number; note: string } | null; textEnd: number; leafEnd: number }>;
};

/**
 * Proves the events of logs: makes every hash anew, compares all stored hashes and checkpoints, and holds the roots against those
 * that the ledger recorded. Changes nothing.
 * @param origin name under which events are signed, made of the name of the ledger
 */
export async function verifyEvents(
  source: EventsSource,
  told: EventsVouchedFor,
  origin: (ledger: string) => string,
): Promise<EventsVerification> {
  const head = await source.eventsHead();
  const count = Math.max(head.textEnd, head.leafEnd, head.newest?.size ?? 0);
  const keys = told.keys
    .flatMap((text) => readVerifier(text) ?? [])
    .map((key) => renamedVerifier(key.key, origin(key.name)));
  const own = await checkpointsOf(source, head.newest?.size ?? 0);
  const sizes = [...own, ...told.roots].map(({ size }) => size).filter((size) => size <= count);
  const made = await recompute(
    source as unknown as LedgerSource,
    count,
    [...new Set(sizes)].sort((a, b) => a - b),
  );
  const problems: VerificationProblem[] = [];
  const say = (code: VerificationProblem['code'], event: number | null, message: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ code, event, message });
  };

  const lost = made.withoutText.find(({ last }) => last > told.removedUpTo);
  if (lost !== undefined) {
    const event = Math.max(lost.first, told.removedUpTo + 1);
    say('text-missing', event, `The text of event ${event} of the logs is gone.`);
  }
  for (const event of made.different)
    say('text-changed', event, `Event ${event} of the logs is not what was stored.`);
  for (const event of made.oddRows)
    say('text-changed', event, `Where event ${event} of the logs lies, something lies that was not stored.`);
  for (const event of made.withoutHash)
    say('hash-missing', event, `The stored hash of event ${event} of the logs is gone.`);
  for (const problem of await compareUpper(source as unknown as LedgerSource, made)) {
    say(problem.code, problem.event, problem.message);
  }

  let upTo = 0;
  for (const { size, note } of own) {
    const read = readCheckpoint(note);
    const signed = read !== null && read.size === size && isOurs(read, keys);
    if (!signed)
      say(
        'checkpoint-changed',
        null,
        `The checkpoint over ${size} events of the logs is not as this ledger signed it.`,
      );
    else if (made.roots.get(size)?.texts === read.root) upTo = Math.max(upTo, size);
    else
      say('root-differs', null, `The events of the logs are not the ones that were signed (${size} events).`);
  }
  let toldUpTo = 0;
  for (const { size, root } of told.roots) {
    if (size > count)
      say(
        'events-missing',
        count + 1,
        `The ledger recorded ${size} events of the logs, and there are ${count}.`,
      );
    else if (size === 0 || made.roots.get(size)?.texts === fromBase64(root))
      toldUpTo = Math.max(toldUpTo, size);
    else
      say(
        'root-differs',
        null,
        `The events of the logs are not the ones whose root the ledger recorded (${size} events).`,
      );
  }
  if (count > upTo && problems.length === 0) {
    say('not-covered', upTo + 1, `No checkpoint covers the events of the logs from ${upTo + 1} on.`);
  }
  const report = { verified: problems.length === 0, upTo, size: count, toldUpTo, problems };
  return { ...report, sentence: sentenceOf(report) };
}

function isOurs(read: NonNullable<ReturnType<typeof readCheckpoint>>, keys: readonly Verifier[]): boolean {
  return keys.some((key) => isSignedBy(read.note, key));
}

async function checkpointsOf(
  source: EventsSource,
  newest: number,
): Promise<{ size: number; note: string }[]> {
  const all: { size: number; note: string }[] = [];
  for (let before = newest + 1; ; ) {
    const page = await source.ledgerCheckpoints({ before });
    all.push(...page);
    const last = page.at(-1);
    if (last === undefined) return all;
    before = last.size;
  }
}

function sentenceOf({
  verified,
  upTo,
  size,
  toldUpTo,
  problems,
}: Omit<EventsVerification, 'sentence'>): string {
  if (!verified)
    return `The events of logs are not as they were stored: ${problems[0]?.message ?? ''}`.slice(0, 512);
  if (size === 0) return 'No event of a log is stored yet.';
  const rest = size - toldUpTo;
  const younger =
    rest === 0 ? '' : ` The newest ${rest} of them are younger than the root that this ledger recorded.`;
  return `Events of logs: verified up to event ${upTo}.${younger}`;
}

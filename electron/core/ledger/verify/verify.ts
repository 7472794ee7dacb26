import type { LedgerHead } from '#core/store/operations/ledger/reader.ts';
import type { Verification, VerificationProblem } from '#shared/contract/activity.ts';
import { readCheckpoint, type SignedCheckpoint } from '../checkpoint.ts';
import { isSignedBy, type Verifier } from '../signed-note.ts';
import { compareUpper } from './compare-upper.ts';
import { eventTime } from './event-time.ts';
import { type EventsVerification, type EventsVouchedFor, vouchedFor } from './events-told.ts';
import { ownWordsOf } from './own-words.ts';
import { type Recomputed, recompute } from './recompute.ts';
import type { LedgerSource } from './stored-hashes.ts';
import { type Vouching, vouching } from './vouched.ts';
import { sentenceOf } from './words.ts';

/** Verifies the events of logs by what the ledger says of them. */
export type VerifyEvents = (told: EventsVouchedFor) => Promise<EventsVerification | null>;

/** Most that a report lists; the first of each sort are there. */
const MOST_PROBLEMS = 100;

interface OwnCheckpoint {
  size: number;
  note: string;
  read: SignedCheckpoint | null;
}

/**
 * Proves the whole ledger: makes every hash anew from the texts, compares all stored hashes and checkpoints, and the root
 * with the newest checkpoint and with one that was kept elsewhere. Changes nothing.
 * @param elsewhere a checkpoint that was kept elsewhere, as it was read; null to compare with this console's own alone
 * @param now for the report
 * @param events verifies the events of logs by what the ledger says of them; gives null where there are none
 * @throws what the store says when it cannot be read
 */
export async function verifyLedger(
  source: LedgerSource,
  elsewhere: SignedCheckpoint | null,
  now: () => Date,
  events: VerifyEvents = async () => null,
): Promise<Verification> {
  const began = performance.now();
  const head = await source.ledgerHead();
  const newestSize = head.newest?.size ?? 0;
  const count = Math.max(head.textEnd, head.leafEnd, newestSize);
  const own = await checkpointsOf(source, newestSize);
  const sizes = own.map((entry) => entry.size).filter((size) => size >= 0 && size <= count);
  if (elsewhere !== null && elsewhere.size <= count) sizes.push(elsewhere.size);
  const made = await recompute(
    source,
    count,
    [...new Set(sizes)].sort((a, b) => a - b),
  );
  const words = ownWordsOf(made.notable);
  // No text is ever removed: whoever has the key could announce anything, and empty all that it covers.
  const missing = made.withoutText[0]?.first ?? null;
  const trust = vouching(source, made, missing);

  const problems: VerificationProblem[] = [];
  const ownUpTo = await judgeOwn({ own, made, trust, keys: words.keys, head, count, problems });
  const judged = await judgeElsewhere({
    elsewhere,
    made,
    trust,
    keys: words.keys,
    ownUpTo,
    count,
    head,
    problems,
  });
  await compareStored({ source, made, missing, vouched: judged.sound, problems });

  const ofEvents = await events(vouchedFor(made.told, words.keys));
  const report = {
    verified: problems.length === 0,
    against: elsewhere === null ? ('own' as const) : ('elsewhere' as const),
    upTo: judged.upTo,
    at: await eventTime(source, judged.upTo),
    from: judged.from,
    size: count,
    ownUpTo,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
  const sentence = sentenceOf(report, elsewhere?.size ?? null);
  return {
    ...report,
    ...(ofEvents !== null && { verified: report.verified && ofEvents.verified, events: ofEvents }),
    sentence: ofEvents === null ? sentence : `${sentence} ${ofEvents.sentence}`.slice(0, 1_024),
    checkedAt: now().toISOString(),
    tookMs: Math.round((performance.now() - began) * 10) / 10,
  };
}

async function checkpointsOf(source: LedgerSource, newest: number): Promise<OwnCheckpoint[]> {
  const all: OwnCheckpoint[] = [];
  for (let before = newest + 1; ; ) {
    const page = await source.ledgerCheckpoints({ before });
    for (const { size, note } of page) {
      const read = readCheckpoint(note);
      all.push({ size, note, read: read?.size === size ? read : null });
    }
    const last = page.at(-1);
    if (last === undefined) return all;
    before = last.size;
  }
}

const signedByAny = (checkpoint: SignedCheckpoint, keys: readonly Verifier[]): boolean =>
  keys.some((key) => key.name === checkpoint.origin && isSignedBy(checkpoint.note, key));

/** @returns the events from the first one on for which this console's own checkpoints vouch */
async function judgeOwn(given: {
  own: readonly OwnCheckpoint[];
  made: Recomputed;
  trust: Vouching;
  keys: readonly Verifier[];
  head: LedgerHead;
  count: number;
  problems: VerificationProblem[];
}): Promise<number> {
  const { own, made, trust, keys, head, count, problems } = given;
  judgeKey(head, keys, problems);
  const [newest, ...older] = own;
  if (newest === undefined) {
    if (count > 0) {
      problems.push({
        code: 'checkpoint-missing',
        event: 1,
        message: 'There are events and no checkpoint over them.',
      });
    }
    return 0;
  }
  if (count > newest.size) {
    const event = newest.size + 1;
    problems.push({
      code: 'not-covered',
      event,
      message: `No checkpoint covers the events from ${event} on.`,
    });
  }
  let upTo = 0;
  if (newest.read === null || !signedByAny(newest.read, keys)) {
    problems.push(changedCheckpoint(newest.size));
  } else {
    upTo = await trust.upTo(newest.size, newest.read.root);
    if (upTo < newest.size && made.roots.get(newest.size)?.texts !== newest.read.root) {
      problems.push({
        code: 'root-differs',
        event: upTo + 1,
        message: `The events are not the ones that the newest checkpoint was signed for (${newest.size} events).`,
      });
    }
  }
  const whole = upTo === newest.size;
  for (const entry of older) {
    const holds = entry.read !== null && made.roots.get(entry.size)?.texts === entry.read.root;
    // When all is whole, one that says something else was itself changed; else the largest that holds shows how far it is.
    if (whole && !holds) problems.push(changedCheckpoint(entry.size));
    if (!whole && holds && entry.size > upTo && entry.read && signedByAny(entry.read, keys)) {
      upTo = await trust.upTo(entry.size, entry.read.root);
    }
  }
  return upTo;
}

function changedCheckpoint(size: number): VerificationProblem {
  return {
    code: 'checkpoint-changed',
    event: null,
    message: `The stored checkpoint over ${size} events is not as this ledger signed it.`,
  };
}

function judgeKey(head: LedgerHead, keys: readonly Verifier[], problems: VerificationProblem[]): void {
  const named = keys.at(-1)?.text ?? null;
  const { key } = head;
  if (key.state === 'unreadable') {
    problems.push({ code: 'key-missing', event: null, message: key.message.slice(0, 512) });
  } else if (key.state === 'missing') {
    if (head.newest === null) return;
    problems.push({ code: 'key-missing', event: null, message: 'The key that signs this ledger is gone.' });
  } else if (key.verifierKey !== named && head.newest !== null) {
    problems.push({
      code: 'key-replaced',
      event: null,
      message: 'The key at hand is not the one that this ledger names.',
    });
  }
}

/** @returns how far it vouches, from where on nothing is vouched for, and how many events are sound by either */
async function judgeElsewhere(given: {
  elsewhere: SignedCheckpoint | null;
  made: Recomputed;
  trust: Vouching;
  keys: readonly Verifier[];
  ownUpTo: number;
  count: number;
  head: LedgerHead;
  problems: VerificationProblem[];
}): Promise<{ upTo: number; from: number | null; sound: number }> {
  const { elsewhere, trust, keys, ownUpTo, count, head, problems } = given;
  const after = (vouched: number): number | null => (vouched < count ? vouched + 1 : null);
  if (elsewhere === null) return { upTo: ownUpTo, from: after(ownUpTo), sound: ownUpTo };

  const name = keys.at(0)?.name ?? readCheckpoint(head.newest?.note ?? '')?.origin ?? null;
  if (elsewhere.origin !== name) {
    problems.push({
      code: 'another-ledger',
      event: 1,
      message: `The checkpoint kept elsewhere is of the ledger ${elsewhere.origin.slice(0, 128)}, and this one is ${name ?? 'empty'}.`,
    });
    return { upTo: 0, from: 1, sound: 0 };
  }
  const byKnown = elsewhere.note.signatures.some((entry) =>
    keys.some((key) => key.name === entry.name && key.id === entry.id),
  );
  const signed = signedByAny(elsewhere, keys);
  if (!signed) {
    problems.push({
      code: 'elsewhere-not-signed',
      event: null,
      message: byKnown
        ? 'The checkpoint kept elsewhere was changed after it was signed, so it proves nothing.'
        : 'The checkpoint kept elsewhere is signed by no key that this ledger names: the ledger was signed anew, or the file is not its own.',
    });
    // A text that was changed after signing says nothing about the ledger; one by another key may be the true one.
    if (byKnown) return { upTo: 0, from: after(ownUpTo), sound: ownUpTo };
  }
  if (elsewhere.size > count) {
    problems.push({
      code: 'events-missing',
      event: count + 1,
      message: `The checkpoint kept elsewhere covers ${elsewhere.size} events, and there are ${count}.`,
    });
    return { upTo: 0, from: Math.min(ownUpTo, count) + 1, sound: ownUpTo };
  }
  const upTo = await trust.upTo(elsewhere.size, elsewhere.root);
  if (upTo === elsewhere.size) {
    const sound = Math.max(upTo, ownUpTo);
    return { upTo: signed ? upTo : 0, from: after(sound), sound };
  }
  problems.push({
    code: 'root-differs',
    event: upTo + 1,
    message: `The events are not the ones that the checkpoint kept elsewhere was signed for (${elsewhere.size} events).`,
  });
  // Own checkpoints that hold over all of it were signed by somebody who has the key and changed what is below: they vouch
  // for nothing. Those that hold only in part were there before.
  const sound = ownUpTo >= elsewhere.size ? upTo : Math.max(upTo, ownUpTo);
  return { upTo, from: sound + 1, sound };
}

/** Single texts and hashes that are not what they were. */
async function compareStored(given: {
  source: LedgerSource;
  made: Recomputed;
  missing: number | null;
  vouched: number;
  problems: VerificationProblem[];
}): Promise<void> {
  const { source, made, missing, vouched, problems } = given;
  if (missing !== null) {
    problems.push({ code: 'text-missing', event: missing, message: `The text of event ${missing} is gone.` });
  }
  for (const event of made.different.slice(0, MOST_PROBLEMS)) {
    problems.push(
      event <= vouched
        ? {
            code: 'hash-changed',
            event,
            message: `The stored hash of event ${event} is another one than it was.`,
          }
        : {
            code: 'text-changed',
            event,
            message: `Event ${event} is not what was recorded as event ${event}.`,
          },
    );
  }
  for (const event of made.oddRows.slice(0, MOST_PROBLEMS)) {
    problems.push({
      code: 'text-changed',
      event,
      message: `Where the texts from event ${event} on lie was altered: something lies there that was not recorded.`,
    });
  }
  for (const event of made.withoutHash.slice(0, MOST_PROBLEMS)) {
    problems.push({ code: 'hash-missing', event, message: `The stored hash of event ${event} is gone.` });
  }
  problems.push(...(await compareUpper(source, made)));
}

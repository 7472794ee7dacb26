import { z } from 'zod';
import { instant, listOf, shortText, shownName } from '../domain/bounds.ts';
import { ledgerKind, ledgerRecord, verifierKey } from '../domain/ledger.ts';
import { nodeId } from '../domain/node.ts';
import { change, read } from './procedure.ts';

const eventNumber = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const treeSize = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Signed text of a few lines (c2sp.org/tlog-checkpoint). At most 16 signatures are read. */
const checkpointText = z.string().max(16_384);

/** One line of the list, newest first. */
export const activityEntry = z.object({
  number: eventNumber,
  /** `missing`: its text is gone. `unreadable`: what lies there is no event. Verifying says more of both. */
  state: z.enum(['whole', 'missing', 'unreadable']),
  /** All that was recorded; null unless whole. */
  record: ledgerRecord.nullable(),
  /** What happened, in one sentence that can be shown. */
  sentence: z.string().max(4_096),
});
export type ActivityEntry = z.infer<typeof activityEntry>;

/** How the ledger is. */
export const activityState = z.object({
  /** Events in all; the newest one has this number. */
  size: treeSize,
  newestAt: instant.nullable(),
  /** The name of this ledger in every checkpoint; null before the first event. */
  origin: shortText.nullable(),
  /** For a third party that checks a signature; null before the first event. */
  verifierKey: verifierKey.nullable(),
  /** Where the signing key is kept. */
  keyKeptIn: z.enum(['file']),
  /** Nothing can be written down at present, or could not be since the console was started: why, and what to do. */
  trouble: z
    .object({
      message: z.string().max(1_024),
      next: z.string().max(1_024),
      since: instant,
      /** Things that were done meanwhile and are in no event yet. */
      missed: treeSize,
    })
    .nullable(),
});
export type ActivityState = z.infer<typeof activityState>;

/** One thing that is not as it was recorded. */
export const verificationProblem = z.object({
  code: z.enum([
    'text-changed', // the text of an event is not what was hashed
    'text-missing', // the text of an event is gone
    'hash-changed', // a stored hash of the tree is not what it was
    'hash-missing', // a stored hash of the tree is gone
    'not-covered', // events that no checkpoint covers: nobody but a stranger writes these
    'root-differs', // the tree is not the one that was signed
    'checkpoint-changed', // a stored checkpoint is not signed by the key of this ledger
    'checkpoint-missing', // there are events and no checkpoint
    'key-replaced', // the key at hand is not the one that the ledger names
    'key-missing', // the key is gone or cannot be read
    'events-missing', // the checkpoint kept elsewhere covers more events than there are
    'another-ledger', // the checkpoint kept elsewhere has another origin
    'elsewhere-not-signed', // the checkpoint kept elsewhere is not signed by a key of this ledger
  ]),
  /** The event that it is about, or the first of several; null when it is about none. */
  event: eventNumber.nullable(),
  message: z.string().max(512),
});
export type VerificationProblem = z.infer<typeof verificationProblem>;

/** What came of verifying the events of logs. */
export const eventsVerification = z.object({
  verified: z.boolean(),
  sentence: z.string().max(512),
  /** Events up to this number are vouched for; 0 when none is. */
  upTo: treeSize,
  /** Events in all. */
  size: treeSize,
  /** Of these, how many the ledger itself vouches for by a root that was recorded in it. */
  toldUpTo: treeSize,
  problems: listOf(verificationProblem, 100),
});
export type EventsVerification = z.infer<typeof eventsVerification>;

/** What came of verifying the whole ledger. */
export const verification = z.object({
  /** Everything is as it was recorded, as far as `against` can tell. */
  verified: z.boolean(),
  /** To be shown as it is: "Verified up to event N at time T, …", or from which event on nothing can be vouched for. */
  sentence: z.string().max(1_024),
  /** `own`: this console's own checkpoints, which somebody who can write its folder and read its key could have made. */
  against: z.enum(['own', 'elsewhere']),
  /** Events up to this number are vouched for by what it was verified against; 0 when none is. */
  upTo: treeSize,
  /** When event `upTo` was recorded. */
  at: instant.nullable(),
  /** From this event on nothing can be vouched for; null when nothing is wrong with any event. */
  from: eventNumber.nullable(),
  /** Events in all. Those after `upTo` are younger than the checkpoint kept elsewhere; this console's own vouches for them. */
  size: treeSize,
  /** The newest own checkpoint whose signature and root hold, by its size; 0 when there is none. */
  ownUpTo: treeSize,
  /** The first hundred. */
  problems: listOf(verificationProblem, 100),
  /** The events of logs; left out by a console that keeps none. */
  events: eventsVerification.optional(),
  checkedAt: instant,
  tookMs: z.number().min(0),
});
export type Verification = z.infer<typeof verification>;

/** What the console did and was told, and how anybody can check that this record of it is whole. */
export const activity = {
  state: read.output(activityState),
  /**
   * A page of events, newest first. `next` is given as `before` for the page after; null when there is no more. A page may
   * be short, even empty, while there is a next one: searching goes on where it stopped.
   */
  list: read
    .input(
      z.object({
        /** Words that the sentence, the names or the reasons contain, in any case. */
        search: z.string().max(256).default(''),
        kinds: listOf(ledgerKind, 64).optional(),
        node: nodeId.optional(),
        from: instant.optional(),
        /** Not included. */
        to: instant.optional(),
        before: eventNumber.optional(),
        limit: z.int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ entries: listOf(activityEntry, 200), next: eventNumber.nullable(), size: treeSize })),
  /**
   * Written down before a backup is made; the answer is the checkpoint that it carries. For commands only: a page makes no
   * backups. Errors: NOT_ALLOWED.
   */
  backingUp: change
    .input(z.object({ fileName: shortText, logs: z.boolean() }))
    .output(z.object({ checkpoint: checkpointText })),
  /** Nodes for a filter, sorted by name. Events of removed ones are found by searching for their name. */
  nodes: read.output(listOf(z.object({ node: nodeId, name: shownName }), 2_048)),
  /**
   * One event with its inclusion proof and the checkpoint that it leads to, as text (c2sp.org/tlog-proof) that anybody can
   * check with the verifier key. Errors: EVENT_UNKNOWN.
   */
  proof: read.input(z.object({ number: eventNumber })).output(
    z.object({
      entry: activityEntry,
      size: treeSize,
      /** Hashes from the event up to the root, base64, as RFC 9162, section 2.1.3, orders them. */
      path: listOf(z.string().max(64), 64),
      checkpoint: checkpointText,
      verifierKey,
      fileName: shortText,
      text: z.string().max(65_536),
    }),
  ),
  /** The newest checkpoint as text to be kept elsewhere. Errors: EVENT_UNKNOWN while there is no event. */
  checkpoint: read.output(
    z.object({
      origin: shortText,
      size: treeSize,
      at: instant.nullable(),
      verifierKey,
      fileName: shortText,
      text: checkpointText,
    }),
  ),
  /** Recompute every hash and compare with this console's own checkpoints. */
  verify: read.output(verification),
  /** The same against a checkpoint that was kept elsewhere. Errors: NOT_ALLOWED when the text is no checkpoint. */
  checkAgainst: read.input(z.object({ checkpoint: checkpointText })).output(verification),
  /**
   * Go on with a new key because the former one is gone; the ledger says so for ever. Refused (STORE_UNAVAILABLE) while there
   * is a key, or when what it signed last does not hold.
   */
  replaceKey: change.input(z.object({ reason: z.string().trim().min(3).max(2_048) })).output(activityState),
};

import { z } from 'zod';
import { instant, listOf, shortText, shownMessage, shownName } from './bounds.ts';
import { checkId } from './check-id.ts';
import { declarationKind } from './decision.ts';
import { nodeId } from './node.ts';
import { changeState, planPurpose } from './plan.ts';

/** Version of the form in which events are written. It is part of every event, and so of every hash. */
export const LEDGER_FORMAT = 1;

/** Most that one event takes as canonical JSON, in UTF-16 units. */
export const LEDGER_EVENT_LIMIT = 16_384;

const amount = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const free = shownMessage(2_048);
const word = shownName;

/** A C2SP verifier key: name, key id, type and public key (c2sp.org/signed-note). Public, and no secret. */
export const verifierKey = z
  .string()
  .max(256)
  .regex(/^[^\s+]{1,128}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);

const changeOfNode = z.object({
  change: shortText,
  plan: shortText,
  /** SHA-256 of the plan as it was shown, 64 hex digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  purpose: planPurpose,
  title: free,
  checks: listOf(checkId, 64),
});

const helperOfNode = z.object({ version: shortText, path: shortText });

/** What each kind of event says, besides when, who and where. Never a secret, and bounded throughout. */
export const LEDGER_WHAT = {
  /** The first event of every ledger: whose signatures count. */
  'ledger-begun': z.object({ verifierKey }),
  /** The key was lost or given up; from here on another one signs. */
  'ledger-key-replaced': z.object({ verifierKey, reason: free }),
  /** Things were done that could not be written down. */
  'events-missed': z.object({ count: amount, since: instant, reason: free }),
  /** Texts of earlier events were removed as the settings say; their hashes stay. Both ends are included. */
  'events-pruned': z.object({ first: amount, last: amount }),

  'look-ended': z.object({
    look: shortText,
    startedAt: instant,
    outcome: z.enum(['done', 'failed', 'cancelled']),
    /** The checks that were judged; empty when the look brought nothing. */
    checks: listOf(checkId, 64),
    verdicts: z.object({
      pass: amount,
      fix: amount,
      review: amount,
      unknown: amount,
      notApplicable: amount,
    }),
    /** How many findings changed against the look before; null when the look brought nothing. */
    changed: amount.nullable(),
    error: shownMessage(1_024).nullable(),
  }),

  'plan-shown': z.object({
    plan: shortText,
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    purpose: planPurpose,
    title: free,
    checks: listOf(checkId, 64),
    steps: amount,
  }),
  /** Consent was given, and it begins: recorded before anything is done. */
  'change-ordered': changeOfNode,
  /** It came to rest, in a state of `changeState`; undone, rolled back and taken back by itself are such states. */
  'change-settled': changeOfNode.extend({
    state: changeState,
    /** How it went, in one sentence; empty when there is nothing to say. */
    note: free,
  }),

  'waiver-made': z.object({ waiver: shortText, check: checkId, reason: free, until: instant }),
  'waiver-withdrawn': z.object({ waiver: shortText, check: checkId }),
  'declaration-made': z.object({ declaration: shortText, about: declarationKind, value: free, reason: free }),
  'declaration-withdrawn': z.object({ declaration: shortText, about: declarationKind, value: free }),

  'settings-changed': z.object({
    changes: listOf(
      z.object({
        setting: shortText,
        from: shortText,
        to: shortText,
        /** The console looks less often, or is content with less, than before. */
        relaxes: z.boolean(),
      }),
      64,
    ),
  }),
  'report-exported': z.object({ format: shortText, fileName: shortText, findings: amount }),

  'node-added': z.object({ reachedBy: z.enum(['local', 'ssh', 'recorded']), address: shortText }),
  'node-renamed': z.object({ from: word, to: word }),
  'node-removed': z.object({}),
  'node-restored': z.object({}),
  'profile-corrected': z.object({ fields: listOf(shortText, 256) }),
  'host-keys-confirmed': z.object({
    host: shortText,
    port: z.int().min(1).max(65_535),
    /** `SHA256:…` as ssh-keygen(1) prints it. */
    fingerprints: listOf(shortText, 16),
  }),
  'helper-installed': helperOfNode,
  'helper-removed': helperOfNode,
} as const;

export type LedgerKind = keyof typeof LEDGER_WHAT;
export const LEDGER_KINDS = Object.keys(LEDGER_WHAT) as readonly LedgerKind[];
export const ledgerKind = z.enum(LEDGER_KINDS);

/** Who did it, as far as the console knows: the shell, and the account that runs the console. */
export const ledgerWho = z.object({
  shell: z.enum(['desktop', 'web', 'command-line']),
  user: shownName,
  /** Nobody asked for it just then: it was due by the clock. */
  scheduled: z.boolean(),
});
export type LedgerWho = z.infer<typeof ledgerWho>;

/** The node that it was about, by the name that it had then; null when it was about none or about all. */
export const ledgerWhere = z.object({ node: nodeId, name: shownName }).nullable();
export type LedgerWhere = z.infer<typeof ledgerWhere>;

/** What others hand to the ledger: an event without the number that it will get. */
export type LedgerEvent = {
  [Kind in LedgerKind]: {
    kind: Kind;
    at: string;
    who: LedgerWho;
    where: LedgerWhere;
    what: z.infer<(typeof LEDGER_WHAT)[Kind]>;
    /** Only for kinds whose text may be removed later: 16 random bytes, so that the hash that stays cannot be guessed at. */
    salt?: string | undefined;
  };
}[LedgerKind];

/** An event as it is written: with its number from 1 on and the version of its form. */
export type LedgerRecord = LedgerEvent & { format: typeof LEDGER_FORMAT; number: number };

const envelope = {
  at: instant,
  who: ledgerWho,
  where: ledgerWhere,
  salt: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22}$/)
    .optional(),
};

const eventOf = (kind: LedgerKind, more: object) =>
  z.object({ kind: z.literal(kind), ...envelope, what: LEDGER_WHAT[kind], ...more });

function unionOf(more: object) {
  const [first, ...rest] = LEDGER_KINDS.map((kind) => eventOf(kind, more));
  if (first === undefined) throw new Error('There is no kind of event');
  return z.discriminatedUnion('kind', [first, ...rest]);
}

/** Checks and bounds what others hand to the ledger. Text is made visible, so that no reader is led astray by it. */
export const ledgerEvent = unionOf({}) as unknown as z.ZodType<LedgerEvent>;

/** Checks what lies in the ledger before it is believed. */
export const ledgerRecord = unionOf({
  format: z.literal(LEDGER_FORMAT),
  number: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
}) as unknown as z.ZodType<LedgerRecord>;

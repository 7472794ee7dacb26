import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from './bounds.ts';
import { checkId } from './check-id.ts';
import { declarationKind } from './decision.ts';
import { entryKind, incidentKind, stepName, stepProof } from './incident/incident.ts';
import { nodeId } from './node.ts';
import { changeState, planPurpose } from './plan.ts';
import { rotationNodeState, rotationStage } from './rotation/run.ts';
import { rotationPurpose } from './rotation/wish.ts';

/** Version of the form in which events are written. It is part of every event, and so of every hash. */
export const LEDGER_FORMAT = 1;

/** Most that one event takes as canonical JSON, in UTF-16 units. */
export const LEDGER_EVENT_LIMIT = 16_384;

/**
 * An object whose keys come in the order of RFC 8785 whatever the order in which they were given: parsed events are then
 * written canonically by JSON.stringify, four times faster than by sorting every one. A test holds both equal.
 */
function form<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const sorted = Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1));
  return z.object(Object.fromEntries(sorted) as Shape);
}

const amount = z.int().min(0);
const free = shownMessage(2_048);
const word = shownName;

/** A C2SP verifier key: name, key id, type and public key (c2sp.org/signed-note). Public, and no secret. */
export const verifierKey = z
  .string()
  .max(256)
  .regex(/^[^\s+]{1,128}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);

const planOfNode = form({
  plan: word,
  /** SHA-256 of the plan as it was shown, 64 hex digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  purpose: planPurpose,
  title: free,
  checks: listOf(checkId, 64),
  steps: amount,
});

const changeOfNode = form({
  change: word,
  plan: word,
  /** SHA-256 of the plan as it was shown, 64 hex digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  purpose: planPurpose,
  title: free,
  checks: listOf(checkId, 64),
});

const helperOfNode = form({ version: word, path: word });

/** What each kind of event says, besides when, who and where. Never a secret, and bounded throughout. */
export const LEDGER_WHAT = {
  /** The first event of every ledger: whose signatures count. */
  'ledger-begun': form({ verifierKey }),
  /** The key was lost or given up; from here on another one signs. */
  'ledger-key-replaced': form({ verifierKey, reason: free }),
  /** Things were done that could not be written down. */
  'events-missed': form({ count: amount, since: instant, reason: free }),

  'look-ended': form({
    look: word,
    startedAt: instant,
    outcome: z.enum(['done', 'failed', 'cancelled']),
    /** The checks that were judged; empty when the look brought nothing. */
    checks: listOf(checkId, 64),
    verdicts: form({
      pass: amount,
      fix: amount,
      review: amount,
      unknown: amount,
      notApplicable: amount,
      /** How many of the unknown this version cannot look at anywhere; absent in records of earlier versions. */
      lacking: amount.optional(),
    }),
    error: shownMessage(1_024).nullable(),
  }),

  /** A person agreed to it, outside the renderer; recorded before anything is done. */
  'plan-agreed': planOfNode,
  'plan-shown': planOfNode,
  /** It begins. */
  'change-ordered': changeOfNode,
  /** It came to rest, in a state of `changeState`; undone, rolled back and taken back by itself are such states. */
  'change-settled': form({
    ...changeOfNode.shape,
    state: changeState,
    /** How it went, in one sentence; empty when there is nothing to say. */
    note: free,
  }),

  'waiver-made': form({ waiver: word, check: checkId, reason: free, until: instant }),
  'waiver-withdrawn': form({ waiver: word, check: checkId }),
  'declaration-made': form({ declaration: word, about: declarationKind, value: free, reason: free }),
  'declaration-withdrawn': form({ declaration: word, about: declarationKind, value: free }),

  /** A known weakness of a package is accepted for a while. */
  'weakness-accepted': form({
    entry: word,
    package: word,
    advisory: word,
    version: word.nullable(),
    reason: free,
    until: instant.nullable(),
    untilFixed: z.boolean(),
  }),
  'weakness-acceptance-withdrawn': form({ entry: word, package: word, advisory: word }),
  /** What the operator says a package is for; empty words take back what was said. */
  'dependency-described': form({ package: word, purpose: free, licence: free, risk: free }),
  /** Other advisories are in use from here on. */
  'advisories-taken': form({ advisories: amount, newest: instant.nullable(), origin: free }),

  /** The place in which the console keeps secrets; never anything of a key, a passphrase or a secret. */
  'sealed-store-changed': form({
    deed: z.enum([
      'set-up',
      'opened-by-sheet',
      'key-place-changed',
      'passphrase-changed',
      'sheet-made',
      'sheet-confirmed',
      'wrong-key',
    ]),
    keyPlace: z.enum(['secret-service', 'passphrase']).nullable(),
  }),
  /** All agents were made to stand still; the names are those of nodes on which that is not proven. */
  'agents-paused': form({ paused: amount, missing: listOf(word, 64) }),
  'agents-resumed': form({ missing: listOf(word, 64) }),

  'settings-changed': form({
    changes: listOf(
      form({
        setting: word,
        from: word,
        to: word,
        /** The console looks less often, or is content with less, than before. */
        relaxes: z.boolean(),
      }),
      64,
    ),
  }),
  /** From here on this console followed logs. */
  'watching-began': form({}),
  /** Signed root of the events of logs, so that who keeps a checkpoint of this ledger elsewhere vouches for those too. */
  'events-checkpoint': form({
    size: amount,
    /** Base64, 32 bytes. */
    root: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  }),
  /** Events of logs up to this number were removed as the settings say; their leaves stay. */
  'events-removed': form({ upTo: amount }),
  'events-exported': form({ query: free, events: amount, fileName: word }),
  'matches-silenced': form({
    silence: word,
    query: free,
    rule: word.nullable(),
    reason: free,
    until: instant,
  }),
  'silence-ended': form({ silence: word }),
  /** What a person did with an alert; a state of null is a note alone. */
  'alert-answered': form({
    alert: word,
    title: free,
    state: z.enum(['new', 'acknowledged', 'resolved']).nullable(),
    note: free,
  }),
  'source-changed': form({
    source: word,
    change: z.enum(['added', 'removed', 'paused', 'resumed', 'format']),
  }),
  'report-exported': form({ format: word, fileName: word, findings: amount }),
  /** A copy of all records, encrypted, left the console. */
  'backup-made': form({ fileName: word, logs: z.boolean() }),
  /** The records were restored from a backup: from here on they are written at another place, or from an earlier state. */
  'console-restored': form({ computer: word, madeAt: instant }),

  'node-added': form({ reachedBy: z.enum(['local', 'ssh', 'recorded']), address: word }),
  'node-renamed': form({ from: word, to: word }),
  'node-removed': form({}),
  'node-restored': form({}),
  'profile-corrected': form({ fields: listOf(word, 256) }),
  'host-keys-confirmed': form({
    host: word,
    port: z.int().min(1).max(65_535),
    /** `SHA256:…` as ssh-keygen(1) prints it. */
    fingerprints: listOf(word, 16),
  }),
  'helper-installed': helperOfNode,
  'helper-removed': helperOfNode,

  /** A person agreed to a rotation of the swarm's secret, outside the renderer; recorded before anything is done. */
  'rotation-agreed': form({
    rotation: word,
    /** SHA-256 of the plan as it was shown, 64 hex digits. */
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    purpose: rotationPurpose,
    emergency: z.boolean(),
    /** The first of them by name. */
    nodes: listOf(word, 32),
    count: amount,
    leftOut: listOf(word, 32),
  }),
  /** It reached a stage; never anything of a secret. */
  'rotation-moved': form({ rotation: word, stage: rotationStage, note: free }),
  /** What became of one node in it. */
  'rotation-node': form({ rotation: word, state: rotationNodeState, note: free }),

  /** A person says that something is wrong; `name` is what it is about where no node of the list is. */
  'incident-opened': form({
    incident: word,
    number: amount,
    about: incidentKind,
    name: word,
    seen: free,
    since: instant,
  }),
  /** A person agreed to a step that changes a node, outside the renderer; recorded before anything of it is done. */
  'incident-agreed': form({
    incident: word,
    number: amount,
    step: stepName,
    plan: word,
    /** SHA-256 of the plan as it was shown, 64 hex digits. */
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    title: free,
  }),
  /** What was done about it, decided or noted. */
  'incident-moved': form({
    incident: word,
    number: amount,
    step: stepName.nullable(),
    did: entryKind,
    /** How it is known, for a step that is done. */
    proof: stepProof.nullable(),
    note: free,
  }),
  /** Something that isolates a node was found taken away; `note` says what, and whether it was loaded again. */
  'isolation-found-open': form({ isolation: word, note: free }),
  /** Evidence of a node lies in an archive; who has the archive can hold it to these hashes. */
  'evidence-taken': form({
    evidence: word,
    /** Null outside an incident. */
    incident: word.nullable(),
    /** SHA-256 of the archive and of its manifest, 64 hex digits each. */
    archive: z.string().regex(/^[0-9a-f]{64}$/),
    manifest: z.string().regex(/^[0-9a-f]{64}$/),
    pieces: amount,
    sealed: amount,
    privilege: word,
    partial: z.boolean(),
  }),
  /** What later changes on a node are held to. */
  'baseline-taken': form({
    /** SHA-256 of the kept baseline, 64 hex digits. */
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    files: amount,
    reason: z.enum(['level-1', 'on-demand']),
  }),
} as const;

export type LedgerKind = keyof typeof LEDGER_WHAT;
export const LEDGER_KINDS = Object.keys(LEDGER_WHAT) as readonly LedgerKind[];
export const ledgerKind = z.enum(LEDGER_KINDS);

/** Who did it, as far as the console knows: the shell, and the account that runs the console. */
export const ledgerWho = form({
  shell: z.enum(['desktop', 'web', 'command-line']),
  user: shownName,
  /** Nobody asked for it just then: it was due by the clock. */
  scheduled: z.boolean(),
});
export type LedgerWho = z.infer<typeof ledgerWho>;

/** The node that it was about, by the name that it had then; null when it was about none or about all. */
export const ledgerWhere = form({ node: nodeId, name: shownName }).nullable();
export type LedgerWhere = z.infer<typeof ledgerWhere>;

/** What others hand to the ledger: an event without the number that it will get. */
export type LedgerEvent = {
  [Kind in LedgerKind]: {
    kind: Kind;
    at: string;
    who: LedgerWho;
    where: LedgerWhere;
    what: z.infer<(typeof LEDGER_WHAT)[Kind]>;
    /** Only for events whose text may be removed later; see {@link ledgerSalt}. */
    salt?: string | undefined;
  };
}[LedgerKind];

/** An event as it is written: with its number from 1 on and the version of its form. */
export type LedgerRecord = LedgerEvent & { format: typeof LEDGER_FORMAT; number: number };

/** A word of its own for each event, so that nobody who guesses a pruned text can make sure by its hash: 16 random bytes. */
export const ledgerSalt = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

const recordOf = (kind: LedgerKind) =>
  form({
    format: z.literal(LEDGER_FORMAT),
    number: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
    kind: z.literal(kind),
    at: instant,
    who: ledgerWho,
    where: ledgerWhere,
    what: LEDGER_WHAT[kind],
    salt: ledgerSalt.optional(),
  });

function anyRecord() {
  const [first, ...rest] = LEDGER_KINDS.map(recordOf);
  if (first === undefined) throw new Error('There is no kind of event');
  return z.discriminatedUnion('kind', [first, ...rest]);
}

/** Checks what lies in the ledger before it is believed. */
export const ledgerRecord = anyRecord() as unknown as z.ZodType<LedgerRecord>;

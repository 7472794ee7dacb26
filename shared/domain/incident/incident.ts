import { z } from 'zod';
import { instant, listOf, shortText, shownMessage, shownName } from '../bounds.ts';
import { checkId } from '../check-id.ts';
import { changeId, sha256 } from '../helper/targets.ts';
import { nodeId } from '../node.ts';
import { followUp, MOST_FOLLOW_UPS } from './follow-up.ts';
import { INCIDENT_PHASES } from './phases.ts';
import { NOTHING_REBUILT, rebuildState } from './rebuild-state.ts';

/** Names an incident in the store, on nodes and in the ledger: chosen by the console, 32 hex digits. */
export const incidentId = changeId;
export type IncidentId = z.infer<typeof incidentId>;

/** Names one try at one step, chosen before anything of it is done: whoever goes on with it after a crash uses the same one. */
export const stepRunId = changeId;

export const incidentPhase = z.enum(INCIDENT_PHASES);
export type IncidentPhase = z.infer<typeof incidentPhase>;

/** What happened, as far as it is known; each has a playbook. */
export const incidentKind = z.enum([
  'destructive-command',
  'exfiltration',
  'rogue-node',
  'stolen-secret',
  'poisoned-dependency',
  'lost-device',
]);
export type IncidentKind = z.infer<typeof incidentKind>;

/** What a step does. */
export const stepAction = z.enum([
  'confirm',
  'isolate',
  'preserve',
  'timeline',
  'workspace',
  'hunt',
  'rotate',
  'credentials',
  'clean',
  'tell',
  'rebuild',
  'rejoin',
  'release',
  'lessons',
]);
export type StepAction = z.infer<typeof stepAction>;

/** Name of a step within its incident: letters and dashes. */
export const stepName = z.string().regex(/^[a-z][a-z-]{0,31}$/);

export const stepState = z.enum(['not-begun', 'under-way', 'done', 'skipped', 'failed']);
export type StepState = z.infer<typeof stepState>;

/**
 * How it is known that a step is done. `proven`: the console saw it itself. `part`: it saw some of it, and `words` say what is not
 * proven. `said`: a person says so.
 */
export const stepProof = z.enum(['proven', 'part', 'said']);
export type StepProof = z.infer<typeof stepProof>;

/** One step and what became of it. */
export const incidentStep = z.object({
  step: stepName,
  action: stepAction,
  phase: incidentPhase,
  state: stepState,
  /** The newest try; null before the first, and where a person did it. */
  run: stepRunId.nullable(),
  /** What was agreed to, for a step that changes a node. */
  plan: z.object({ id: shortText, hash: sha256 }).nullable(),
  tries: z.int().min(0).max(10_000),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  proof: stepProof.nullable(),
  /** What became of it, why it was skipped, or what went wrong; empty before that. */
  words: shownMessage(2_048),
});
export type IncidentStep = z.infer<typeof incidentStep>;

/** What made somebody look. */
export const incidentOrigin = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('alert'),
    alert: shortText,
    rule: shortText,
    count: z.int().min(1),
    lastAt: instant,
  }),
  z.object({ kind: z.literal('finding'), check: checkId }),
  z.object({ kind: z.literal('by-hand') }),
]);
export type IncidentOrigin = z.infer<typeof incidentOrigin>;

/** Something of the timeline that a person marked as important. */
export const incidentPin = z.object({
  /** The entry of the timeline, by its own name there. */
  item: shortText.min(1),
  /** What it was, so that it can be read when the log is gone. */
  title: shownMessage(1_024),
  at: instant,
  who: shownName,
  note: shownMessage(2_048),
});
export type IncidentPin = z.infer<typeof incidentPin>;

/** A credential that somebody may have, and that a person has ended where it was issued. */
export const incidentCredential = z.object({
  credential: shortText.min(1),
  name: shownName,
  at: instant,
  who: shownName,
  note: shownMessage(2_048),
});
export type IncidentCredential = z.infer<typeof incidentCredential>;

/** Most of what one incident holds of each; what is beyond is refused and said. */
export const INCIDENT_MOST = { steps: 32, pins: 512, credentials: 512, entries: 10_000 } as const;

/** A case: what is known, what was done, what is left. The journal of it, as it lies in the store. */
export const incident = z.object({
  id: incidentId,
  /** Counted from 1, as people name it. */
  number: z.int().min(1),
  kind: incidentKind,
  /** The node that it is about; null where none of the list is, such as a stranger or a secret alone. */
  node: nodeId.nullable(),
  /** What sentences call it: the node, the stranger, the secret. */
  name: shownName.refine((name) => name !== '', 'What an incident is about has a name'),
  /** Address of a stranger or a lost device that is no node of the list; empty otherwise. */
  address: shortText,
  origin: incidentOrigin,
  /** What was seen, in words. */
  seen: shownMessage(2_048),
  /** Since when, as far as it is known. */
  since: instant,
  openedAt: instant,
  openedBy: shownName,
  closedAt: instant.nullable(),
  /** How it ended, in words; empty while it is open. */
  closing: shownMessage(2_048),
  /** Goes up with every move, so that nothing is written over what was not seen. */
  revision: z.int().min(1),
  steps: listOf(incidentStep, INCIDENT_MOST.steps),
  pins: listOf(incidentPin, INCIDENT_MOST.pins),
  credentials: listOf(incidentCredential, INCIDENT_MOST.credentials),
  /** What is to change, so that it cannot happen in the same way again; also after it was closed. */
  followUps: listOf(followUp, MOST_FOLLOW_UPS).default([]),
  /** The node as it was, and how far it is set up anew. */
  rebuild: rebuildState.default(NOTHING_REBUILT),
  /** Who said that it was none, and why; null while it counts as one. */
  falseAlarm: z
    .object({ at: instant, who: shownName, words: shownMessage(2_048) })
    .nullable()
    .default(null),
  /** When anything happened last: whoever comes back after days is told. */
  touchedAt: instant,
});
export type Incident = z.infer<typeof incident>;

export const entryKind = z.enum([
  'opened',
  'begun',
  'done',
  'failed',
  'skipped',
  'again',
  'note',
  'decision',
  'pinned',
  'unpinned',
  'revoked',
  'not-revoked',
  'closed',
  'reopened',
  'false-alarm',
  'known-before',
  'kit-made',
  'host-key',
  'let-in',
  'follow-up',
  'follow-up-changed',
  'follow-up-done',
  'follow-up-open',
]);
export type EntryKind = z.infer<typeof entryKind>;

/** One line of what was done so far. */
export const incidentEntry = z.object({
  entry: z.int().min(1),
  at: instant,
  who: shownName,
  kind: entryKind,
  step: stepName.nullable(),
  text: shownMessage(2_048),
});
export type IncidentEntry = z.infer<typeof incidentEntry>;

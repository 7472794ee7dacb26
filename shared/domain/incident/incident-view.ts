import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';
import { evidenceSummary } from './evidence.ts';
import { huntQuery, huntResult } from './hunt.ts';
import { incident, incidentId, incidentKind, incidentOrigin, stepName } from './incident.ts';
import { isolation } from './isolation.ts';
import { rejoinGate } from './rebuild.ts';
import { workspaceAudit } from './workspace.ts';

/** What a step does just now. */
export const stepDoing = z.object({
  step: stepName,
  words: shownMessage(512),
  /** Parts that ended, of how many; null where that is not known. */
  done: z.int().min(0).nullable(),
  all: z.int().min(1).nullable(),
});
export type StepDoing = z.infer<typeof stepDoing>;

/** An incident as pages and commands read it: its journal, and what is true of the node at this moment. */
export const incidentView = z.object({
  incident,
  /** How it stands, in one sentence; never more than is proven. */
  sentence: shownMessage(1_024),
  /** What holds the node now; null where nothing was ordered, or where that cannot be known here. */
  isolation: isolation.nullable(),
  doing: listOf(stepDoing, 32),
});
export type IncidentView = z.infer<typeof incidentView>;

/** A past one in a list. */
export const incidentSummary = incident.pick({
  id: true,
  number: true,
  kind: true,
  node: true,
  name: true,
  openedAt: true,
  closedAt: true,
  closing: true,
});
export type IncidentSummary = z.infer<typeof incidentSummary>;

/** What a new incident is about: filled in from an alert or a finding, and correctable. */
export const incidentDraft = z.object({
  /** Chosen by whoever starts it, so that two clicks start one: 32 hex digits. */
  id: incidentId,
  kind: incidentKind,
  node: nodeId.nullable(),
  /** Empty: the name of the node. */
  name: shownName,
  address: z.union([z.ipv4(), z.ipv6(), z.literal('')]).default(''),
  origin: incidentOrigin,
  seen: shownMessage(2_048),
  since: instant,
});
export type IncidentDraft = z.infer<typeof incidentDraft>;

/** What a step asks for, where that has to be said. */
export const stepOrder = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('workspace'),
    /** With the baseline where there is one, or with what changed since an instant. */
    against: z.union([z.literal('baseline'), z.object({ since: instant })]),
  }),
  z.object({ step: z.literal('hunt'), query: huntQuery }),
  z.object({ step: z.literal('rejoin') }),
]);
export type StepOrder = z.infer<typeof stepOrder>;

/** What a step found last, kept with the incident. */
export const stepResult = z.object({
  at: instant,
  order: stepOrder.nullable(),
  evidence: evidenceSummary.nullable().default(null),
  workspace: workspaceAudit.nullable().default(null),
  hunt: huntResult.nullable().default(null),
  gate: rejoinGate.nullable().default(null),
});
export type StepResult = z.infer<typeof stepResult>;

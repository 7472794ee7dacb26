import { z } from 'zod';
import { instant, listOf, shortText, shownMessage, shownName } from '../bounds.ts';
import { checkId } from '../check-id.ts';
import { nodeId } from '../node.ts';

/** Levels of a Sigma rule (Sigma specification 2.1, `level`). */
export const ruleLevel = z.enum(['informational', 'low', 'medium', 'high', 'critical']);
export type RuleLevel = z.infer<typeof ruleLevel>;

/** A rule as alerts name it. */
export const ruleInfo = z.object({
  /** The rule's own id; a made-up one (`file:…`) for a rule without. */
  id: shortText,
  title: z.string().max(512),
  level: ruleLevel,
  /** `swarmkeep`: our own pack. `imported`: brought by the operator. `built-in`: not Sigma (silent source, first seen). */
  origin: z.enum(['swarmkeep', 'imported', 'built-in']),
  /** What it means, in plain words: the story. */
  story: z.string().max(4_096),
  /** What to do, in plain words. */
  todo: z.string().max(2_048),
  /** When it is usually harmless, as the rule says. */
  falsePositives: listOf(z.string().max(512), 16),
  /** The repair or the page that it leads to. */
  leadsTo: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('check'), check: checkId }),
      z.object({ kind: z.literal('incident') }),
    ])
    .nullable(),
});
export type RuleInfo = z.infer<typeof ruleInfo>;

export const alertState = z.enum(['new', 'acknowledged', 'resolved', 'silenced']);
export type AlertState = z.infer<typeof alertState>;

/** Matches of one rule about one thing on one node, folded. */
export const alert = z.object({
  id: shortText,
  rule: ruleInfo,
  node: nodeId,
  /** What it is about: `172.16.4.9`, `minotaur`, `/home/miu/.config/mycoswarm/plugins/notes`. Shown, never run. */
  entity: shownName,
  /** Field that the entity was taken from; empty when the rule is about the node. */
  entityField: shortText,
  state: alertState,
  count: z.int().min(1),
  firstAt: instant,
  lastAt: instant,
  /** Numbers of the first and the newest event that matched. */
  firstEvent: z.int().min(1),
  lastEvent: z.int().min(1),
  /** The silence that hides it; null unless `silenced`. */
  silence: shortText.nullable(),
  notes: listOf(z.object({ at: instant, text: shownMessage(2_048) }), 256),
});
export type Alert = z.infer<typeof alert>;

/** A filter that hides matches until an end. */
export const silence = z.object({
  id: shortText,
  /** In the query language; matches events. */
  query: z.string().min(1).max(2_048),
  /** Only matches of this rule; null: of any. */
  rule: shortText.nullable(),
  reason: shownMessage(2_048),
  createdAt: instant,
  until: instant,
  endedAt: instant.nullable(),
  /** Matches that it has hidden so far. */
  hidden: z.int().min(0),
});
export type Silence = z.infer<typeof silence>;

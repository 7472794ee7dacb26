import { z } from 'zod';
import { instant, listOf, rawText, shortText, shownName } from '../domain/bounds.ts';
import { checkId } from '../domain/check-id.ts';
import { counts } from '../domain/counts.ts';
import { declaration, declarationKind, waiver } from '../domain/decision.ts';
import { findingStatus, trackedFinding } from '../domain/finding.ts';
import { nodeId } from '../domain/node.ts';
import { drift } from './looks.ts';
import { change, read } from './procedure.ts';

const level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

/** One node on the stairs. */
export const standing = z.object({
  node: nodeId,
  nodeName: shownName,
  sample: z.boolean(),
  level: level.nullable(),
  /** Which checks keep it below the next level. */
  heldBy: listOf(z.object({ check: checkId, status: findingStatus }), 64),
  counts,
  /** Of recorded facts: when they were recorded, however often they are judged again. */
  lookedAt: instant.nullable(),
  /** The last look failed: findings are from before. */
  away: z.boolean(),
  /** Earliest end of a waiver that counts on the node's present step. */
  acceptedUntil: instant.nullable(),
});
export type Standing = z.infer<typeof standing>;

/** All that Home shows. Over several nodes a check counts once, by its worst. */
export const overview = z.object({
  /** The sentence of the day: names nodes, not checks. */
  sentence: z.string().max(512),
  counts,
  /** The one next action; null when there is nothing to do. */
  next: z
    .object({
      title: z.string().max(256),
      text: z.string().max(1_024),
      node: nodeId,
      nodeName: shownName,
      check: checkId,
      /** How many steps the finding has for a person to do. */
      steps: z.int().min(0).optional(),
      /** It is to look once more, as administrator. */
      look: z.literal('administrator').optional(),
    })
    .nullable(),
  /** Nodes of which something needed fixing when it was seen last, and was out of sight of the newest look. */
  hidden: listOf(
    z.object({
      node: nodeId,
      nodeName: shownName,
      checks: z.int().min(1),
      /** When the first of them was seen last. */
      until: instant,
      /** A look as administrator may show it. */
      administrator: z.boolean(),
    }),
    1_024,
  ).optional(),
  standings: listOf(standing, 1_024),
  /** Changes of the last 24 hours, newest first. */
  since: listOf(drift, 200),
  /** Looks of the last twelve hours in half-hour slots: how many findings changed. */
  lookedAt: instant.nullable(),
  /** All that counts here are recorded facts: `lookedAt` is when they were recorded, and no look is due. */
  recorded: z.boolean().optional(),
  nextLookAt: instant.nullable(),
});
export type Overview = z.infer<typeof overview>;

export const findings = {
  overview: read.input(z.object({ node: nodeId.nullable() })).output(overview),
  /** Findings of one node or all, worst first, then by the order of checks. */
  list: read.input(z.object({ node: nodeId.nullable() })).output(listOf(trackedFinding, 32_768)),
  get: read.input(z.object({ node: nodeId, check: checkId })).output(trackedFinding),
  /** One entry per day, oldest first: the worst status of the day, null when nobody looked. */
  history: read
    .input(z.object({ node: nodeId, check: checkId, days: z.int().min(1).max(365).default(30) }))
    .output(
      z.object({
        days: listOf(z.object({ day: z.iso.date(), status: findingStatus.nullable() }), 365),
        changes: listOf(
          z.object({ at: instant, status: findingStatus, summary: z.string().max(1_024) }),
          1_000,
        ),
      }),
    ),
  /** A report that stands alone. HTML carries its own style and no script. SARIF is 2.1.0. */
  export: read
    .input(z.object({ format: z.enum(['json', 'html', 'sarif']), node: nodeId.nullable() }))
    .output(z.object({ fileName: shortText, mediaType: shortText, text: rawText })),
};

export const decisions = {
  waivers: read.input(z.object({ node: nodeId.nullable() })).output(listOf(waiver, 10_000)),
  /** Accept a finding until a day; it must be `fix`, `review` or `unknown` now. */
  waive: change
    .input(
      z.object({
        node: nodeId,
        check: checkId,
        reason: z.string().trim().min(3).max(2_048),
        until: instant,
      }),
    )
    .output(waiver),
  withdraw: change.input(z.object({ waiver: shortText })).output(waiver),
  declarations: read.output(listOf(declaration, 10_000)),
  declare: change
    .input(
      z.object({
        node: nodeId.nullable(),
        kind: declarationKind,
        value: z.string().min(1).max(1_024),
        reason: z.string().trim().min(3).max(2_048),
      }),
    )
    .output(declaration),
  undeclare: change.input(z.object({ declaration: shortText })).output(z.object({ removed: z.boolean() })),
};

import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';

/** Where an entry of the timeline comes from. */
export const TIMELINE_SOURCES = {
  event: 'Log',
  login: 'Login',
  alert: 'Alert',
  change: 'Change',
  finding: 'Finding',
  file: 'File',
  console: 'This console',
} as const;
export const timelineSource = z.enum(
  Object.keys(TIMELINE_SOURCES) as [keyof typeof TIMELINE_SOURCES, ...(keyof typeof TIMELINE_SOURCES)[]],
);
export type TimelineSource = z.infer<typeof timelineSource>;

export const timelineEntry = z.object({
  /** Stays the same as long as what it tells of is kept: what pins and notes are tied to. */
  id: z.string().min(3).max(256),
  at: instant,
  source: timelineSource,
  node: nodeId.nullable(),
  nodeName: shownName.nullable(),
  /** What happened, in a sentence or as the log has it. */
  text: shownMessage(4_096),
  /** What stands behind it; empty when nothing. */
  detail: shownMessage(16_384),
  weight: z.enum(['quiet', 'notable', 'grave']),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const timelineQuery = z.object({
  from: instant,
  to: instant,
  /** Empty: all. */
  nodes: listOf(nodeId, 256).default([]),
  sources: listOf(timelineSource, 16).default([]),
  /** Words that all occur, whatever their case; empty: all. */
  search: z.string().max(256).default(''),
  /** Where the page before ended; null for the newest. */
  before: z
    .object({ at: instant, id: z.string().max(256) })
    .nullable()
    .default(null),
  limit: z.int().min(1).max(500).default(100),
});
export type TimelineQuery = z.infer<typeof timelineQuery>;

export const timelinePage = z.object({
  /** Newest first. */
  entries: listOf(timelineEntry, 500),
  /** Where the next page begins; null when this is the last one. */
  next: z.object({ at: instant, id: z.string().max(256) }).nullable(),
  /** What is missing in it, and why: a source that could not be read, a bound that was reached. */
  unseen: listOf(shownMessage(512), 64),
});
export type TimelinePage = z.infer<typeof timelinePage>;

import { z } from 'zod';
import { instant, listOf, shownMessage, shownName } from '../bounds.ts';
import { nodeId } from '../node.ts';
import { sha256Hex } from './evidence.ts';

/** Absolute, with `*` and `?` within names as the only signs that stand for others; no `..`. */
const pathPattern = z
  .string()
  .min(2)
  .max(1_024)
  .refine(
    (path) =>
      path.startsWith('/') &&
      !/\p{Cc}|\p{Cf}|\p{Cs}|\u2028|\u2029/u.test(path) &&
      !/(^|\/)\.\.?(\/|$)/.test(path),
    'A path to hunt for is absolute, of one line, and has no dots for folders',
  );

/** An IPv4 or IPv6 address or a name of a host. */
const destination = z.union([
  z.ipv4(),
  z.ipv6(),
  z
    .string()
    .min(1)
    .max(253)
    .regex(
      /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
      'A destination is an address or a name of a host',
    ),
]);

/** What all nodes are asked for. */
export const huntQuery = z.discriminatedUnion('for', [
  z.object({ for: z.literal('hash'), sha256: z.string().toLowerCase().pipe(sha256Hex) }),
  z.object({ for: z.literal('path'), path: pathPattern }),
  z.object({ for: z.literal('destination'), destination }),
]);
export type HuntQuery = z.infer<typeof huntQuery>;

/** One thing that was found. */
export const huntHit = z.object({
  /** Where it was seen. */
  seen: z.enum(['file', 'socket', 'event', 'hosts-file']),
  /** A path, a connection, the line of a log: made safe to show. */
  what: shownMessage(16_384),
  /** Owner, program, size: whatever helps. Empty when there is nothing. */
  detail: shownMessage(1_024),
  at: instant.nullable(),
});
export type HuntHit = z.infer<typeof huntHit>;

export const huntNode = z.object({
  node: nodeId,
  name: shownName,
  /** `not-found` only where all was looked at that had to be; `partly` when nothing was found and not all could be seen. */
  state: z.enum(['found', 'not-found', 'partly', 'could-not']),
  hits: listOf(huntHit, 200),
  /** More were found than are listed. */
  more: z.int().min(0),
  /** What was not looked at, and why; or why the node could not be asked. */
  why: listOf(shownMessage(512), 64),
  /** How many files, connections and events were held against the query. */
  lookedAt: z.int().min(0),
  tookMs: z.number().min(0),
});
export type HuntNode = z.infer<typeof huntNode>;

export const huntResult = z.object({
  query: huntQuery,
  at: instant,
  tookMs: z.number().min(0),
  nodes: listOf(huntNode, 256),
  sentence: shownMessage(1_024),
});
export type HuntResult = z.infer<typeof huntResult>;

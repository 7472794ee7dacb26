import { eventIterator } from '@orpc/contract';
import { z } from 'zod';

/**
 * Streams: one snapshot, then numbered deltas. The reader acknowledges numbers through `streams.acknowledge`; the
 * producer keeps at most {@link WINDOW} unacknowledged messages and then says how many deltas it left out.
 */
export const WINDOW = 1_000;

/** Chosen by the reader, so that it can acknowledge and resume: 8 to 64 characters. */
export const streamId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);

/** What every stream takes: its id, and after a break the last number that arrived (then no snapshot if possible). */
export const streamInput = z.object({
  stream: streamId,
  resumeAfter: z.int().min(0).optional(),
});
export type StreamInput = z.infer<typeof streamInput>;

/**
 * Output of a stream procedure.
 * `snapshot` replaces all that is known, `delta` changes it, `skipped` says that `count` deltas were not shown and is
 * followed by a new snapshot.
 */
export function streamOf<S extends z.ZodType, D extends z.ZodType>(snapshot: S, delta: D) {
  return eventIterator(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('snapshot'), number: z.int().min(0), value: snapshot }),
      z.object({ kind: z.literal('delta'), number: z.int().min(0), value: delta }),
      z.object({ kind: z.literal('skipped'), number: z.int().min(0), count: z.int().positive() }),
    ]),
  );
}

/** One message of a stream, for code that does not know the schema. */
export type StreamMessage<S, D> =
  | { kind: 'snapshot'; number: number; value: S }
  | { kind: 'delta'; number: number; value: D }
  | { kind: 'skipped'; number: number; count: number };

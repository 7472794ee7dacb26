import type { AuditState, LiveDelta } from '#shared/contract/audit.ts';
import { LARGE_DELTAS, readStream } from '#shared/contract/read-stream.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { client } from '../../../transport/queries.ts';

/** What the live stream tells, as it comes. */
export interface LiveReader {
  snapshot(value: { state: AuditState; events: AuditEvent[] }): void;
  delta(value: LiveDelta): void;
  /** Deltas were left out because this page was too slow; a snapshot follows. */
  skipped(): void;
}

/** One for this window: what is asked next takes the place of what was asked before, so that there is never more than one. */
const STREAM = crypto.randomUUID();

/**
 * Follow what comes in for as long as the signal allows. Breaks heal by themselves.
 * @param query text of the query language; one that cannot be read ends quietly, its mistake is shown at the field
 * @param node null for all
 */
export async function followLive(
  query: string,
  node: string | null,
  reader: LiveReader,
  signal: AbortSignal,
): Promise<void> {
  const stream = readStream<{ state: AuditState; events: AuditEvent[] }, LiveDelta>({
    open: (input, options) =>
      client.audit.live({ ...input, query, ...(node === null ? {} : { node }) }, options),
    acknowledge: (input) => client.streams.acknowledge(input),
    stream: STREAM,
    acknowledgeEvery: LARGE_DELTAS.acknowledgeEvery,
    signal,
  });
  try {
    for await (const message of stream) {
      if (message.kind === 'snapshot') reader.snapshot(message.value);
      else if (message.kind === 'delta') reader.delta(message.value);
      else reader.skipped();
    }
  } catch {
    // The reader gives up only when asking again cannot help: the connection says why.
  }
}

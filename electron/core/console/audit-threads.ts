import type { AuditKeep, AuditResponse } from '#core/audit/protocol.ts';
import type { ReaderOperations } from '#core/audit/reader-operations.ts';
import { type Asked, type AuditThreadClient, startAuditThread } from '#core/audit/thread-client.ts';
import type { WriterOperations } from '#core/audit/writer-operations.ts';
import { StoreError } from '#core/store/store-error.ts';
import { ConsoleError } from './service.ts';

/** The two threads of the audit: one follows, detects and stores, the other answers questions. */
export interface AuditThreads {
  writer: Asked<WriterOperations>;
  reader: Asked<ReaderOperations>;
  arrived(live: number): void;
  /** Why there are none; null when all is well. */
  gone(): StoreError | null;
  close(): Promise<void>;
}

/**
 * Starts the threads.
 * @throws StoreError when the events cannot be opened
 */
export async function startAuditThreads(
  folder: string,
  keep: AuditKeep,
  onSaid: (said: Exclude<AuditResponse, { id: number }>) => void,
): Promise<AuditThreads> {
  let gone: StoreError | null = null;
  const onGone = (why: StoreError): void => {
    gone ??= why;
  };
  const writer = await startAuditThread<WriterOperations>({ role: 'writer', folder, keep }, onSaid, onGone);
  let reader: AuditThreadClient<ReaderOperations>;
  try {
    reader = await startAuditThread<ReaderOperations>({ role: 'reader', folder, keep }, onSaid, onGone);
  } catch (error) {
    await writer.close();
    throw error;
  }
  return {
    writer: writer.ask,
    reader: reader.ask,
    arrived: writer.arrived,
    gone: () => gone,
    async close() {
      await reader.close();
      await writer.close();
    },
  };
}

/** What the threads cannot do arrives as an error of the contract. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { untouched, next } = error;
    const wrapped = new ConsoleError('STORE_UNAVAILABLE', error.message.slice(0, 500), { untouched, next });
    wrapped.cause = error;
    throw wrapped;
  }
}

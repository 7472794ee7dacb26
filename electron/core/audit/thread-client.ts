import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { StoreError } from '#core/store/store-error.ts';
import type { AuditResponse, AuditThread } from './protocol.ts';
import { auditWorkerLocation } from './worker-location.ts';

/** Operations of a thread as they are asked from another one. */
export type Asked<Operations> = {
  [Name in keyof Operations]: Operations[Name] extends (...input: infer Input) => infer Output
    ? (...input: Input) => Promise<Awaited<Output>>
    : never;
};

/** A thread of the audit. Every operation rejects with a StoreError and nothing else. */
export interface AuditThreadClient<Operations> {
  ask: Asked<Operations>;
  /** What was sent unasked was taken. */
  arrived(live: number): void;
  close(): Promise<void>;
}

/**
 * Starts a thread of the audit.
 * @param onSaid what it says unasked
 * @param onGone told once when it has ended without being closed
 * @throws StoreError when the events cannot be opened
 */
export async function startAuditThread<Operations>(
  data: AuditThread,
  onSaid: (said: Exclude<AuditResponse, { id: number }>) => void,
  onGone: (why: StoreError) => void,
): Promise<AuditThreadClient<Operations>> {
  const compiled = getCompileCacheDir();
  const worker = new Worker(auditWorkerLocation(), {
    workerData: data,
    name: `swarmkeep-audit-${data.role}`,
    execArgv: [],
    env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: compiled },
    // Batches are short-lived and bounded: a small nursery keeps the thread small without costing speed; see the bench.
    resourceLimits: { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 24 },
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const opened = Promise.withResolvers<void>();
  let number = 0;
  let gone: StoreError | null = null;
  let closing: Promise<void> | null = null;

  function end(error: StoreError): void {
    if (gone !== null) return;
    gone = error;
    opened.reject(error);
    for (const call of waiting.values()) call.reject(error);
    waiting.clear();
    if (closing === null) onGone(error);
  }
  worker.on('message', (response: AuditResponse) => {
    if (!('id' in response)) {
      onSaid(response);
      return;
    }
    if (response.id === 0) {
      if ('failure' in response) opened.reject(new StoreError(response.failure));
      else opened.resolve();
      return;
    }
    const call = waiting.get(response.id);
    waiting.delete(response.id);
    if ('failure' in response) call?.reject(new StoreError(response.failure));
    else call?.resolve(response.value);
  });
  worker.on('error', (error) => end(ended(error)));
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end(ended());
      resolve();
    });
  });

  function ask(name: string, input: unknown): Promise<unknown> {
    if (gone) return Promise.reject(gone);
    number += 1;
    const id = number;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, name, input });
    });
  }

  await opened.promise;
  return {
    ask: new Proxy(
      {},
      { get: (_, name) => (input: unknown) => ask(String(name), input) },
    ) as Asked<Operations>,
    arrived: (live) => worker.postMessage({ arrived: live }),
    close() {
      closing ??= ask('close', undefined)
        .catch(() => undefined)
        .then(() => exited);
      return closing;
    },
  };
}

function ended(cause?: unknown): StoreError {
  return new StoreError(
    {
      kind: 'failed',
      message: 'The thread that watches the logs has ended.',
      untouched: 'What was stored before is intact, and the logs are where they were.',
      next: 'Close Swarmkeep and start it again.',
    },
    { cause },
  );
}

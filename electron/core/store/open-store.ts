import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { prepareDataFolder } from './data-folder.ts';
import { OPERATION_NAMES } from './operation-names.ts';
import type { StoreResponse } from './protocol.ts';
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';
import { storeWorkerLocation } from './worker-location.ts';

/**
 * Opens the records of the console.
 * @param input.dataFolder made (0700) when it is not there
 * @param input.thread true: answered by a thread of its own, as in every running console; false: in this thread, for
 *   a command that ends at once
 * @returns the store; it owns the folder until it is closed or the process ends
 * @throws StoreError with kind `owned` when another process has the folder, else what is wrong with it
 */
export async function openStore(input: { dataFolder: string; thread: boolean }): Promise<Store> {
  const folder = prepareDataFolder(input.dataFolder);
  return input.thread ? openInThread(folder) : openHere(folder);
}

type Run = (name: string, input: unknown) => Promise<unknown>;

function asStore(run: Run, close: () => Promise<void>): Store {
  const entries = OPERATION_NAMES.map((name) => [name, (input: unknown) => run(name, input)]);
  return { ...Object.fromEntries(entries), close } as Store;
}

async function openHere(folder: string): Promise<Store> {
  // Only here: a console with a thread needs no database in the thread that asks.
  const { openInPlace } = await import('./in-place.ts');
  const placed = openInPlace(folder);
  let open = true;
  return asStore(
    async (name, input) => {
      if (!open) throw ended();
      return placed.run(name, input);
    },
    async () => {
      if (open) placed.close();
      open = false;
    },
  );
}

async function openInThread(folder: string): Promise<Store> {
  const compiled = getCompileCacheDir();
  const worker = new Worker(storeWorkerLocation(), {
    workerData: { folder },
    name: 'swarmkeep-store',
    // The flags of this process (an inspector, an --eval) are not meant for the thread.
    execArgv: [],
    // A thread does not take over the compiled code of its process by itself.
    env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const opened = Promise.withResolvers<void>();
  let number = 0;
  let gone: StoreError | null = null;
  let closing: Promise<void> | null = null;

  function fail(error: StoreError): void {
    gone ??= error;
    opened.reject(gone);
    for (const call of waiting.values()) call.reject(gone);
    waiting.clear();
  }
  worker.on('message', (response: StoreResponse) => {
    if ('opened' in response) {
      if (response.opened) opened.resolve();
      else fail(new StoreError(response.failure));
      return;
    }
    const call = waiting.get(response.id);
    waiting.delete(response.id);
    if ('failure' in response) call?.reject(new StoreError(response.failure));
    else call?.resolve(response.value);
  });
  worker.on('error', (error) => fail(ended(error)));
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      fail(ended());
      resolve();
    });
  });

  function ask(request: { name: string; input: unknown } | { close: true }): Promise<unknown> {
    if (gone) return Promise.reject(gone);
    number += 1;
    const id = number;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...request });
    });
  }
  async function close(): Promise<void> {
    if (!gone) await ask({ close: true }).catch(() => undefined);
    await exited;
  }

  await opened.promise;
  return asStore(
    (name, input) => (closing ? Promise.reject(ended()) : ask({ name, input })),
    () => {
      closing ??= close();
      return closing;
    },
  );
}

function ended(cause?: unknown): StoreError {
  return new StoreError(
    {
      kind: 'failed',
      message: 'The thread that keeps the records of the console has ended.',
      untouched: 'What was stored before is intact.',
      next: 'Close Swarmkeep and start it again.',
    },
    { cause },
  );
}

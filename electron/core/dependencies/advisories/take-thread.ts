import { Worker } from 'node:worker_threads';
import { forgetUnfinished } from '#core/store/advisories/advisory-writer.ts';
import { StoreError } from '#core/store/store-error.ts';
import { AdvisoryDataError, cancelled } from './data-error.ts';
import type { TakeJob, TakeOrder, TakeSaid } from './take-protocol.ts';
import { takeWorkerLocation } from './take-worker-location.ts';
import type { UpdateResult } from './update-advisories.ts';

/** OSV's data for PyPI takes a third of it. Mostly, taking more ends that thread only; V8 does not promise that it does. */
const MOST_MEGABYTES = 768;
/** A thread that has not ended so long after it was called off is ended. */
const PATIENCE_MS = 5_000;
const AGAIN = 'The advisory data in use is as it was before. Try again, with a smaller or another set.';

export interface TakeOptions {
  signal: AbortSignal;
  /** Words for what goes on. */
  onProgress: (words: string) => void;
  /** For tests: the program of the thread. */
  program?: URL;
}

/**
 * Imports or fetches advisories in a thread of its own, so that nothing of the console waits for it.
 * @throws AdvisoryDataError or StoreError; whatever happens to the thread, the former data then is in use as before
 */
export function takeInThread(
  job: TakeJob,
  { signal, onProgress, program }: TakeOptions,
): Promise<UpdateResult> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled());
    const worker = new Worker(program ?? takeWorkerLocation(), {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    let impatience: NodeJS.Timeout | undefined;
    let result: (() => void) | null = null;
    const stop = (): void => {
      worker.postMessage('cancel' satisfies TakeOrder);
      impatience = setTimeout(() => void worker.terminate(), PATIENCE_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (said: TakeSaid) => {
      if ('words' in said) onProgress(said.words);
      else if ('done' in said) result = () => resolve(said.done);
      else if ('data' in said)
        result = () => reject(new AdvisoryDataError(said.data.message, said.data.next));
      else result = () => reject(new StoreError(said.store));
    });
    let trouble: unknown = null;
    worker.on('error', (error) => {
      trouble = error;
    });
    // Only once the thread is gone nobody writes any more.
    worker.on('exit', () => {
      clearTimeout(impatience);
      signal.removeEventListener('abort', stop);
      if (result !== null) return result();
      forgetUnfinished(job.folder);
      const code = (trouble as NodeJS.ErrnoException | null)?.code;
      if (signal.aborted) reject(cancelled());
      else if (code === 'ERR_WORKER_OUT_OF_MEMORY')
        reject(
          new AdvisoryDataError('This set takes more memory than any should.', AGAIN, { cause: trouble }),
        );
      else reject(new AdvisoryDataError('Reading it ended before it was done.', AGAIN, { cause: trouble }));
    });
  });
}

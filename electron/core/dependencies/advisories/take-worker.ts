import { parentPort, workerData } from 'node:worker_threads';
import { asStoreError } from '#core/store/store-error.ts';
import { AdvisoryDataError } from './data-error.ts';
import { importAdvisories } from './import-advisories.ts';
import type { TakeJob, TakeOrder, TakeSaid } from './take-protocol.ts';
import { type UpdateResult, updateAdvisories } from './update-advisories.ts';

async function work(job: TakeJob, signal: AbortSignal, show: (words: string) => void): Promise<UpdateResult> {
  const now = new Date(job.now);
  if (job.kind === 'update') return updateAdvisories(job.folder, job.base, now, { signal, onProgress: show });
  const facts = await importAdvisories(job.folder, job.path, now, {
    signal,
    onProgress: (read) => show(`Reading advisories: ${read.toLocaleString('en')}`),
  });
  return { facts, way: 'whole', fetched: facts.advisories };
}

/** The thread that reads a whole set of advisories, so that the console answers meanwhile. Never imported. */
async function serve(port: NonNullable<typeof parentPort>, job: TakeJob): Promise<void> {
  const say = (said: TakeSaid): void => port.postMessage(said);
  const stop = new AbortController();
  port.on('message', (_order: TakeOrder) => stop.abort());
  try {
    say({ done: await work(job, stop.signal, (words) => say({ words })) });
  } catch (error) {
    if (error instanceof AdvisoryDataError) say({ data: { message: error.message, next: error.next } });
    else say({ store: asStoreError(error, job.folder).toFailure() });
  } finally {
    port.close();
  }
}

if (parentPort) await serve(parentPort, workerData as TakeJob);

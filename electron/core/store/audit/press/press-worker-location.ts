import { existsSync } from 'node:fs';

/**
 * Where the program of the thread that packs events lies, as `storeWorkerLocation` says of the store's.
 * @param here address of the running module
 * @throws Error when there is none, which is a fault of the build
 */
export function pressWorkerLocation(here: string = import.meta.url): URL {
  if (here.endsWith('.ts')) return new URL('press-worker.ts', here);
  const candidates = ['press-worker.js', '../core/press-worker.js', 'core/press-worker.js'];
  const found = candidates.map((path) => new URL(path, here)).find((url) => existsSync(url));
  if (!found) throw new Error(`press-worker.js was not built beside ${here}`);
  return found;
}

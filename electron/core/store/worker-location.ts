import { existsSync } from 'node:fs';

/**
 * Where the program of the store's thread lies: the one place that knows. From source it is the file beside this one,
 * which Node 24 runs as it is. In a build it is `dist/core/store-worker.js`, and this code is part of a bundle in
 * `dist/core`, `dist/main`, `dist/web` or `dist/cli`.
 * @param here address of the running module
 * @throws Error when there is none, which is a fault of the build
 */
export function storeWorkerLocation(here: string = import.meta.url): URL {
  if (here.endsWith('.ts')) return new URL('worker.ts', here);
  const candidates = ['store-worker.js', '../core/store-worker.js', 'core/store-worker.js'];
  const found = candidates.map((path) => new URL(path, here)).find((url) => existsSync(url));
  if (!found) throw new Error(`store-worker.js was not built beside ${here}`);
  return found;
}

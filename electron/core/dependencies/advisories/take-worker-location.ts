import { existsSync } from 'node:fs';

/**
 * Where the program of the thread that takes advisories lies: beside this file as a source, and `dist/core/advisories-worker.js` in a
 * build.
 * @throws Error when there is none, which is a fault of the build
 */
export function takeWorkerLocation(here: string = import.meta.url): URL {
  if (here.endsWith('.ts')) return new URL('take-worker.ts', here);
  const candidates = ['advisories-worker.js', '../core/advisories-worker.js', 'core/advisories-worker.js'];
  const found = candidates.map((path) => new URL(path, here)).find((url) => existsSync(url));
  if (!found) throw new Error(`advisories-worker.js was not built beside ${here}`);
  return found;
}

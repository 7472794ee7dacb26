import { existsSync } from 'node:fs';

/**
 * Where the program of the audit's threads lies, as `storeWorkerLocation` says of the store's.
 * @param here address of the running module
 * @throws Error when there is none, which is a fault of the build
 */
export function auditWorkerLocation(here: string = import.meta.url): URL {
  if (here.endsWith('.ts')) return new URL('worker.ts', here);
  const candidates = ['audit-worker.js', '../core/audit-worker.js', 'core/audit-worker.js'];
  const found = candidates.map((path) => new URL(path, here)).find((url) => existsSync(url));
  if (!found) throw new Error(`audit-worker.js was not built beside ${here}`);
  return found;
}

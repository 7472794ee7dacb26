import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The helper that this console carries, to be put on nodes. */
export interface HelperBundle {
  /** The program, one JavaScript file. */
  file: string;
  /** The script that starts it with its own runtime. */
  starter: string;
  /** SHA-256 of `file`, 64 hex digits. */
  sha256: string;
}

/**
 * Finds the helper beside the built console, or in the checkout.
 * @param here a file of this program one folder below `dist`, or anywhere in a checkout
 * @returns null when nothing was built
 */
export function findHelperBundle(here: string = import.meta.dirname): HelperBundle | null {
  for (const up of ['..', '../..', '../../..', '../../../..']) {
    for (const folder of [join(here, up, 'helper'), join(here, up, 'dist', 'helper')]) {
      const file = join(folder, 'swarmkeep-helper.mjs');
      if (!existsSync(file)) continue;
      const starter = [
        join(folder, 'swarmkeep-helper'),
        join(here, up, 'assets', 'linux', 'swarmkeep-helper'),
      ].find((path) => existsSync(path));
      if (starter === undefined) continue;
      return { file, starter, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
    }
  }
  return null;
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const manifest = z.object({ name: z.literal('swarmkeep'), version: z.string().max(64) });

/**
 * The version of this Swarmkeep, from the package.json that lies above it: two folders above `dist/<room>/`, three above
 * the source.
 * @param here address of the running module
 */
export function appVersion(here: string = import.meta.url): string {
  for (const above of ['../../package.json', '../../../package.json']) {
    try {
      const text = readFileSync(fileURLToPath(new URL(above, here)), 'utf8');
      const parsed = manifest.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data.version;
    } catch {
      // Not this far above: the next place is tried.
    }
  }
  return 'unknown';
}

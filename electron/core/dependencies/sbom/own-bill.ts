import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { OwnBill } from '#shared/domain/dependencies/own-bill.ts';

const licence = z.union([
  z.object({ expression: z.string() }),
  z.object({ license: z.object({ id: z.string().optional(), name: z.string().optional() }) }),
]);

const bill = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(
    z.object({ name: z.string(), version: z.string().default(''), licenses: z.array(licence).default([]) }),
  ),
});

/**
 * What this console itself is made of: `sbom.json`, written by the build from the lock file.
 * @param here address of the running module, in a folder of `dist`
 * @returns null where there is none, as in a source folder that was not built, or when it cannot be read
 */
export function readOwnBill(here: string = import.meta.url): OwnBill | null {
  const places = here.endsWith('.ts') ? ['../../../../dist/sbom.json'] : ['../sbom.json'];
  for (const place of places) {
    try {
      const text = readFileSync(new URL(place, here), 'utf8');
      const { components } = bill.parse(JSON.parse(text));
      return {
        components: components.map(({ licenses, ...own }) => ({ ...own, licence: words(licenses) })),
        text,
      };
    } catch {
      // Told by its absence: the page says that there is none.
    }
  }
  return null;
}

function words(licences: readonly z.infer<typeof licence>[]): string {
  return licences
    .map((one) => ('expression' in one ? one.expression : (one.license.id ?? one.license.name ?? '')))
    .filter(Boolean)
    .join(' or ');
}

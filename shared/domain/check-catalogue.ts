import { CONTAINED } from './catalogue/contained.ts';
import type { CheckEntry } from './catalogue/entry.ts';
import { FENCED } from './catalogue/fenced.ts';
import { LATER } from './catalogue/later.ts';
import { PROVEN } from './catalogue/proven.ts';
import { WATCHED } from './catalogue/watched.ts';
import { CHECKLIST, type CheckId } from './check-id.ts';
import { LEVEL_OF } from './level.ts';

/** All that can be said about a check without looking at a node. */
export interface CatalogueEntry extends CheckEntry {
  /** 1 to 11: its place on the hardening checklist; null when it is not on it. */
  checklistItem: number | null;
  /** The level that it counts for. */
  level: 1 | 2 | 3 | 4;
  /** This version has no such check yet: its status is `unknown` and it holds its level. */
  lacking: boolean;
}

const ENTRIES: ReadonlyMap<CheckId, CatalogueEntry> = new Map(
  [...CONTAINED, ...FENCED, ...WATCHED, ...PROVEN, ...LATER].map((entry) => {
    const place = CHECKLIST.indexOf(entry.id);
    return [
      entry.id,
      {
        ...entry,
        checklistItem: place < 0 ? null : place + 1,
        level: LEVEL_OF[entry.id],
        lacking: entry.lackingBecause !== null,
      },
    ];
  }),
);

/**
 * What there is to say about a check.
 * @param id any check id
 * @throws RangeError when the catalogue has no such entry, which a test rules out for every id
 */
export function catalogueEntry(id: CheckId): CatalogueEntry {
  const entry = ENTRIES.get(id);
  if (entry === undefined) throw new RangeError(`No catalogue entry for the check ${id}`);
  return entry;
}

/** Every entry, in the order of the catalogue: contained, fenced, watched, proven, later. */
export const CHECK_CATALOGUE: readonly CatalogueEntry[] = [...ENTRIES.values()];

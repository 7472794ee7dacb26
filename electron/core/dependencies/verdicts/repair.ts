import type { Ecosystem } from '#shared/domain/dependencies/inventory.ts';
import type { CompiledAdvisory, CompiledPackage } from '../advisories/compiled.ts';
import { affects, keysOf, type VersionKeys } from './match.ts';

/** A version that is said to repair something, with its place in the order. */
export interface Repair {
  version: string;
  key: string;
  keys: VersionKeys;
}

/**
 * Versions above an installed one that advisories name as repaired, smallest first, each once.
 * @param advisories of one package
 */
export function repairsAbove(
  ecosystem: Ecosystem,
  advisories: readonly CompiledAdvisory[],
  installed: VersionKeys,
): Repair[] {
  const [above = ''] = installed.keys;
  const found = new Map<string, Repair>();
  for (const { ranges } of advisories)
    for (const range of ranges) {
      // The same range stands beside it by PEP 440.
      if (ecosystem === 'PyPI' && range.for === 'semver') continue;
      for (const [kind, key, version] of range.events) {
        if (kind !== 1 || version === undefined || key <= above || found.has(key)) continue;
        found.set(key, { version, key, keys: keysOf(ecosystem, version, key) });
      }
    }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** @returns of these versions the ones in which none of the advisories is left */
export function wholeRepairs(
  known: CompiledPackage,
  advisories: readonly CompiledAdvisory[],
  repairs: readonly Repair[],
): Repair[] {
  return repairs
    .slice(0, mostRepairs(advisories.length))
    .filter(({ keys }) => !advisories.some(affects(known, keys)));
}

/** Comparisons of a version with an advisory that one question may take. */
const MOST_COMPARISONS = 2_000_000;

/** How many versions are tried: every one for what is published; of a set that names tens of thousands, as many as end soon. */
function mostRepairs(advisories: number): number {
  return Math.max(16, Math.floor(MOST_COMPARISONS / Math.max(1, advisories)));
}

/**
 * The version to go to: of those in which the most of what is known is repaired, the smallest. What is introduced only there
 * counts against it.
 * @param groups what affects the installed version, one list for each finding
 * @returns null when no version repairs anything
 */
export function bestRepair(
  known: CompiledPackage,
  groups: readonly (readonly CompiledAdvisory[])[],
  repairs: readonly Repair[],
): { version: string; ends: number } | null {
  let best: { version: string; ends: number } | null = null;
  const present = new Set(groups.flat().map(({ id }) => id));
  // The last ones end the most.
  for (const { version, keys } of repairs.slice(-mostRepairs(known.advisories.length))) {
    const left = affects(known, keys);
    if (known.advisories.some((advisory) => !present.has(advisory.id) && left(advisory))) continue;
    const ends = groups.filter((group) => !group.some(left)).length;
    if (ends > (best?.ends ?? 0)) best = { version, ends };
  }
  return best;
}

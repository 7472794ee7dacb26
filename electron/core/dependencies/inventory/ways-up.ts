import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { DependencyWays } from '#shared/domain/dependencies/ways.ts';

/** More levels or packages side by side than this can be read by nobody. */
const MOST_LEVELS = 12;
const MOST_BESIDE = 6;

/**
 * From a package up to those that somebody asked for, on the shortest ways only: a package that is reached in two steps is not shown
 * again in four. Of many side by side the ones that somebody asked for stay, and the others are counted.
 * @param name as in PEP 503, or as written
 * @returns null when the environment has no such package
 */
export function waysUp(environment: Environment, name: string): DependencyWays | null {
  const byName = new Map<string, InventoryItem>();
  for (const item of environment.packages) {
    const key = normalizedName(item.name);
    if (item.from !== 'vendored' && !byName.has(key)) byName.set(key, item);
  }
  const start = normalizedName(name);
  if (!byName.has(start)) return null;
  const levels: string[][] = [[start]];
  const known = new Set([start]);
  let omitted = 0;
  while (levels.length < MOST_LEVELS) {
    const above = new Set<string>();
    // Whoever asked for it knows why it is there: the way ends.
    for (const below of levels[0] ?? [])
      if (below === start || byName.get(below)?.direct !== true)
        for (const asker of byName.get(below)?.requiredBy ?? []) {
          const key = normalizedName(asker);
          if (byName.has(key) && !known.has(key)) above.add(key);
        }
    if (above.size === 0) break;
    for (const key of above) known.add(key);
    const sorted = [...above].sort((a, b) => rank(byName.get(a)) - rank(byName.get(b)) || (a < b ? -1 : 1));
    omitted += Math.max(0, sorted.length - MOST_BESIDE);
    levels.unshift(sorted.slice(0, MOST_BESIDE));
  }
  return {
    environment: environment.id,
    levels: levels.map((level, index) =>
      level.flatMap((key) => {
        const item = byName.get(key);
        if (item === undefined) return [];
        const next = levels[index + 1] ?? [];
        const asks = next.filter((below) =>
          byName.get(below)?.requiredBy.some((asker) => normalizedName(asker) === key),
        );
        const { name: written, version, direct } = item;
        return [
          { name: written, version, direct, asks: asks.map((below) => byName.get(below)?.name ?? below) },
        ];
      }),
    ),
    omitted,
  };
}

function rank(item: InventoryItem | undefined): number {
  return item?.direct === true ? 0 : item?.direct === null ? 1 : 2;
}

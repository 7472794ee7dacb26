import type { WayPackage } from '#shared/domain/dependencies/ways.ts';

/**
 * Lines between two rows of packages that are spread evenly over a width of 100.
 * @returns where each begins in the upper row and ends in the lower one
 */
export function linesBetween(
  above: readonly WayPackage[],
  below: readonly WayPackage[],
): [from: number, to: number][] {
  const middle = (index: number, of: number): number => (100 * (index + 0.5)) / of;
  return above.flatMap(({ asks }, from) =>
    below.flatMap(({ name }, to): [number, number][] =>
      asks.includes(name) ? [[middle(from, above.length), middle(to, below.length)]] : [],
    ),
  );
}

import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { DependencyPurpose } from '#shared/domain/dependencies/purpose.ts';

/**
 * Packages that somebody asked for, each name once over all environments: those whose purpose and risk are the operator's to know.
 * What the system brings and copies within others are nobody's choice.
 */
export function directDependencies(environments: readonly Environment[]): InventoryItem[] {
  const known = new Map<string, InventoryItem>();
  for (const item of environments.flatMap(({ packages }) => packages)) {
    const key = `${item.ecosystem} ${normalizedName(item.name)}`;
    if (item.direct === true && item.from !== 'distribution' && item.from !== 'vendored' && !known.has(key))
      known.set(key, item);
  }
  return [...known.values()];
}

/** Direct dependencies of which nobody wrote down what they are for, or what could go wrong. */
export function withoutPurpose(
  environments: readonly Environment[],
  purposes: readonly DependencyPurpose[],
): string[] {
  const told = new Set(
    purposes
      .filter(({ purpose, risk }) => purpose !== '' && risk !== '')
      .map((one) => normalizedName(one.package)),
  );
  return directDependencies(environments)
    .filter(({ name }) => !told.has(normalizedName(name)))
    .map(({ name }) => name);
}

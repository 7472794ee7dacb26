/** Something that goes by several names. */
interface Named {
  id: string;
  aliases: readonly string[];
}

/**
 * Puts together what has a name in common, directly or by way of others: the same vulnerability under its names in several
 * databases. Keeps the order of first appearance.
 */
export function groupByAlias<T extends Named>(advisories: readonly T[]): T[][] {
  const groupOf = new Map<string, T[]>();
  for (const advisory of advisories) {
    const names = [advisory.id, ...advisory.aliases];
    const found = [...new Set(names.map((name) => groupOf.get(name)).filter((group) => group !== undefined))];
    const [group = []] = found;
    for (const other of found.slice(1)) group.push(...other);
    group.push(advisory);
    for (const member of group) for (const name of [member.id, ...member.aliases]) groupOf.set(name, group);
  }
  const order = new Map(advisories.map((advisory, index) => [advisory, index]));
  const first = (group: T[]): number => Math.min(...group.map((advisory) => order.get(advisory) ?? 0));
  return [...new Set(groupOf.values())].sort((a, b) => first(a) - first(b));
}

/** Ids of a group: those of the advisories themselves in order, then the names that they have elsewhere. */
export function idsOf(group: readonly Named[]): string[] {
  const own = [...new Set(group.map(({ id }) => id))].sort();
  const others = new Set(group.flatMap(({ aliases }) => aliases));
  for (const id of own) others.delete(id);
  return [...own, ...[...others].sort()];
}

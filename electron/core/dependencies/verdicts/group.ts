/** Something that goes by several names. */
interface Named {
  id: string;
  aliases: readonly string[];
}

/**
 * Puts together what has a name in common, directly or by way of others: the same vulnerability under its names in several
 * databases.
 */
export function groupByAlias<T extends Named>(advisories: readonly T[]): T[][] {
  const groupOf = new Map<string, T[]>();
  const groups = new Set<T[]>();
  for (const advisory of advisories) {
    const names = [advisory.id, ...advisory.aliases];
    let group: T[] | null = null;
    for (const name of names) {
      const other = groupOf.get(name);
      if (other === undefined || other === group) continue;
      if (group === null) group = other;
      else {
        // Two that were apart so far: the later one goes into the earlier one.
        for (const member of other) for (const own of [member.id, ...member.aliases]) groupOf.set(own, group);
        group.push(...other);
        groups.delete(other);
      }
    }
    if (group === null) {
      group = [];
      groups.add(group);
    }
    group.push(advisory);
    for (const name of names) groupOf.set(name, group);
  }
  return [...groups];
}

/** Ids of a group: those of the advisories themselves in order, then the names that they have elsewhere. */
export function idsOf(group: readonly Named[]): string[] {
  const [only] = group;
  if (group.length === 1 && only !== undefined) return [...new Set([only.id, ...only.aliases.toSorted()])];
  const own = [...new Set(group.map(({ id }) => id))].sort();
  const others = new Set(group.flatMap(({ aliases }) => aliases));
  for (const id of own) others.delete(id);
  return [...own, ...[...others].sort()];
}

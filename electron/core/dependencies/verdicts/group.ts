/** Something that goes by several names. */
interface Named {
  id: string;
  aliases: readonly string[];
}

/** Which places belong together: each points to another one of its set, the first of a set to itself (union–find). */
class Together {
  readonly #above: number[] = [];

  /** @returns the first place of the set */
  firstOf(place: number): number {
    let at = place;
    for (let next = this.#above[at] ?? at; next !== at; next = this.#above[at] ?? at) {
      // Halving the way: a long chain of names costs its length once.
      this.#above[at] = this.#above[next] ?? next;
      at = next;
    }
    return at;
  }

  join(one: number, other: number): void {
    const [a, b] = [this.firstOf(one), this.firstOf(other)];
    this.#above[Math.max(a, b)] = Math.min(a, b);
  }
}

/**
 * Puts together what has a name in common, directly or by way of others: the same vulnerability under its names in several
 * databases. Takes time that grows as the count of names does.
 */
export function groupByAlias<T extends Named>(advisories: readonly T[]): T[][] {
  const together = new Together();
  const placeOf = new Map<string, number>();
  for (const [place, { id, aliases }] of advisories.entries())
    for (const name of [id, ...aliases]) {
      const before = placeOf.get(name);
      if (before === undefined) placeOf.set(name, place);
      else together.join(before, place);
    }
  const groups = new Map<number, T[]>();
  for (const [place, advisory] of advisories.entries()) {
    const first = together.firstOf(place);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [advisory]);
    else group.push(advisory);
  }
  return [...groups.values()];
}

/** Bound of the contract: the ids of the advisories themselves come first, and no page shows as many. */
const MOST_IDS = 1_024;

/** Ids of a group: those of the advisories themselves in order, then the names that they have elsewhere; at most 1,024. */
export function idsOf(group: readonly Named[]): string[] {
  const [only] = group;
  if (group.length === 1 && only !== undefined)
    return [...new Set([only.id, ...only.aliases.toSorted()])].slice(0, MOST_IDS);
  const own = [...new Set(group.map(({ id }) => id))].sort();
  const others = new Set(group.flatMap(({ aliases }) => aliases));
  for (const id of own) others.delete(id);
  return [...own, ...[...others].sort()].slice(0, MOST_IDS);
}

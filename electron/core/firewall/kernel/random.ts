/** Random choices that come again from the same seed. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** One of the keys of `weights`, as often as its number says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T;
  /** Between `least` and `most` different ones. */
  some<T>(choices: readonly T[], least: number, most: number): T[];
}

/** A generator of 32 bits of state (Mulberry32): small, and good enough to choose rules by. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    weighted: (weights) => {
      const entries = Object.entries(weights) as [keyof typeof weights & string, number][];
      let at = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        at -= weight;
        if (at < 0) return name;
      }
      return (entries.at(-1) as (typeof entries)[number])[0];
    },
    some: (choices, least, most) => {
      const left = [...choices];
      const count = Math.min(left.length, least + below(most - least + 1));
      return Array.from(
        { length: count },
        () => left.splice(below(left.length), 1)[0] as (typeof left)[number],
      );
    },
  };
}

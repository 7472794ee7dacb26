import type { Chain, Table } from '../model.ts';
import { type Compiler, compiler, type Place, type Question } from './compile.ts';
import type { PlacedChain } from './region.ts';

/** Chains as they are read at places, each compiled once for a question. */
export function placesOf(question: Question) {
  const placed = new Map<string, Map<Chain, PlacedChain>>();
  const compilers = new Map<string, Compiler>();

  function compilerFor(place: Place): readonly [string, Compiler] {
    const key = `${place.hook} ${place.early} ${place.untracked} ${place.nat}`;
    const known = compilers.get(key) ?? compiler(question, place);
    compilers.set(key, known);
    return [key, known];
  }

  return {
    compilerAt: (at: Place): Compiler => compilerFor(at)[1],
    place(table: Table, chain: Chain, at: Place): PlacedChain {
      const [key, compile] = compilerFor(at);
      const chains = placed.get(key) ?? new Map<Chain, PlacedChain>();
      placed.set(key, chains);
      let known = chains.get(chain);
      if (!known) {
        const rules = chain.rules.map((rule) => compile.rule(rule)).filter((rule) => rule !== null);
        known = { table, chain, place: at, rules };
        chains.set(chain, known);
      }
      return known;
    },
  };
}

export type Places = ReturnType<typeof placesOf>;

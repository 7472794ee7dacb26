import type { Chain } from '../model.ts';

function targetsOf(chain: Chain): string[] {
  const targets = new Set<string>();
  for (const { statements } of chain.rules)
    for (const statement of statements)
      if (
        statement.kind === 'verdict' &&
        (statement.verdict.kind === 'jump' || statement.verdict.kind === 'goto')
      )
        targets.add(statement.verdict.chain);
  return [...targets];
}

/**
 * Finds a chain from which jumps lead back to it; the kernel refuses such rules. Without recursion, for a hostile listing
 * may have as many chains as rules.
 * @returns its name, or null
 */
export function findCircle(chains: ReadonlyMap<string, Chain>): string | null {
  const finished = new Set<string>();
  for (const start of chains.keys()) {
    if (finished.has(start)) continue;
    const path = new Set<string>([start]);
    const stack: { name: string; rest: string[] }[] = [
      { name: start, rest: targetsOf(chains.get(start) as Chain) },
    ];
    while (stack.length > 0) {
      const top = stack.at(-1) as { name: string; rest: string[] };
      const next = top.rest.pop();
      if (next === undefined) {
        stack.pop();
        path.delete(top.name);
        finished.add(top.name);
      } else if (path.has(next)) return next;
      else {
        const chain = chains.get(next);
        if (!chain || finished.has(next)) continue;
        path.add(next);
        stack.push({ name: next, rest: targetsOf(chain) });
      }
    }
  }
  return null;
}

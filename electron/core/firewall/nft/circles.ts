import type { Chain, Rule, Verdict } from '../model.ts';
import { Malformed, shown } from './json.ts';

function targets(rule: Rule): string[] {
  const verdicts: Verdict[] = rule.statements.flatMap((statement) =>
    statement.kind === 'verdict'
      ? [statement.verdict]
      : statement.kind === 'verdictMap'
        ? statement.entries.map(({ verdict }) => verdict)
        : [],
  );
  return verdicts.flatMap((verdict) =>
    verdict.kind === 'jump' || verdict.kind === 'goto' ? [verdict.chain] : [],
  );
}

/** The kernel refuses more than 16 (NFT_JUMP_STACK_SIZE); more room in case that grows. */
const DEEPEST = 64;

/**
 * Makes sure that every walk through the chains of a table ends: every jump leads to a chain that is there, none in a circle.
 * The kernel loads no other rules, so a listing like that was cut or forged.
 * @throws Malformed
 */
export function checkJumps(table: string, chains: ReadonlyMap<string, Chain>): void {
  const next = new Map<string, readonly string[]>();
  for (const chain of chains.values()) {
    const names = new Set(chain.rules.flatMap(targets));
    for (const name of names)
      if (!chains.has(name))
        throw new Malformed(
          `Chain ${shown(chain.name)} of ${table} jumps to ${shown(name)}, which is not there.`,
          'unknown-chain',
        );
    next.set(chain.name, [...names]);
  }
  const finished = new Set<string>();
  for (const start of chains.keys()) {
    if (finished.has(start)) continue;
    // Not recursive: a forged listing may jump deeper than our own stack.
    const path: { readonly name: string; index: number }[] = [{ name: start, index: 0 }];
    const onPath = new Set([start]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = next.get(top.name)?.[top.index];
      top.index += 1;
      if (target === undefined) {
        path.pop();
        onPath.delete(top.name);
        finished.add(top.name);
      } else if (onPath.has(target))
        throw new Malformed(`The chains of ${table} jump in a circle through ${shown(target)}.`, 'circle');
      else if (!finished.has(target)) {
        path.push({ name: target, index: 0 });
        onPath.add(target);
        if (path.length > DEEPEST)
          throw new Malformed(`The chains of ${table} jump deeper than ${DEEPEST}.`, 'too-large');
      }
    }
  }
}

import { QUESTION_FIELDS } from '../fields.ts';
import type { IntervalSet } from '../interval.ts';
import type { Ruleset } from '../model.ts';
import type { Question } from './compile.ts';
import { rulesetDigest } from './digest.ts';
import type { Outcome } from './outcome.ts';
import type { Proof, ProofSet } from './proof.ts';
import type { RankSet } from './rank-set.ts';
import type { TreeNode } from './search.ts';
import { allowed, REGION_FIELDS } from './space.ts';

const HEXADECIMAL: ReadonlySet<string> = new Set(['daddr', 'saddr']);

function intervalsIn(field: string, set: IntervalSet): [string, string][] {
  const radix = HEXADECIMAL.has(field) ? 16 : 10;
  const text = (value: bigint) => `${radix === 16 ? '0x' : ''}${value.toString(radix)}`;
  return set.map(([low, high]) => [text(low), text(high)]);
}

/** Gives equal things one place in a list. */
function places<K, V>(make: (key: K) => V) {
  const known = new Map<K, number>();
  const list: V[] = [];
  return {
    list,
    of(key: K): number {
      const found = known.get(key);
      if (found !== undefined) return found;
      known.set(key, list.length);
      return list.push(make(key)) - 1;
    },
  };
}

function ruleNames(ruleset: Ruleset) {
  const named = new Map<number, Proof['stops'][number]>();
  for (const table of ruleset.tables)
    for (const chain of table.chains.values())
      for (const { id, text } of chain.rules)
        named.set(id, { table: `${table.family} ${table.name}`, chain: chain.name, rule: id, text });
  return named;
}

/**
 * Writes a search that ended with every region stopped or redirected as a proof.
 * @param nodes of the whole search; none is open or unknown
 */
export function writeProof(ruleset: Ruleset, question: Question, nodes: readonly TreeNode[]): Proof {
  const { space, ranks } = question;
  const named = ruleNames(ruleset);
  const rules = places((id: number) => named.get(id) ?? { table: '', chain: '', rule: id, text: '' });
  const policies = places((at: Outcome['policies'] extends ReadonlySet<infer T> ? T : never) => ({
    table: `${at.table.family} ${at.table.name}`,
    chain: at.chain.name,
    rule: null,
    text: null,
  }));
  const sets: ProofSet[] = [];
  const known = new Map<string, number>();
  const setOf = (field: number, set: RankSet): number => {
    const key = `${field}:${set.join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, sets.length);
    const name = REGION_FIELDS[field] as (typeof REGION_FIELDS)[number];
    if (name === 'oifname' || name === 'iifname') {
      const names: string[] = [];
      for (let at = 0; at < set.length; at += 2)
        names.push(...ranks.nameOf.slice(set[at] as number, (set[at + 1] as number) + 1));
      return sets.push({ field: name, names }) - 1;
    }
    return sets.push({ field: name, values: intervalsIn(name, ranks.values(field, set)) }) - 1;
  };
  // Policies come behind all rules, so their places are known at the end.
  const ends = nodes.map((node) => {
    if (node.kind === 'split') return { kind: node.kind, split: setOf(node.split.field, node.split.set) };
    return {
      kind: node.kind,
      rules: [...new Set([...node.outcome.rules, ...node.outcome.besides.rules])].map((id) => rules.of(id)),
      policies: [...new Set([...node.outcome.policies, ...node.outcome.besides.policies])].map((at) =>
        policies.of(at),
      ),
      redirectedBy: [...node.outcome.translations].map((id) => rules.of(id)),
    };
  });
  const behind = rules.list.length;
  const stopsOf = (end: (typeof ends)[number]): number[] =>
    end.kind === 'split' ? [] : [...end.rules, ...end.policies.map((place) => place + behind)];
  /**
   * What stops anything: where a translation catches packets, a reader who knows less of the host sees them go on to it. At most some
   * thousands, of which a proof that needs them all is none that this is for.
   */
  const everyStop = [...new Set(ends.flatMap(stopsOf))].slice(0, 2_000);
  const fields = Object.fromEntries(
    QUESTION_FIELDS.map((field) => [field, intervalsIn(field, allowed(space, field))]),
  ) as Proof['question']['fields'];
  return {
    format: 'swarmkeep-firewall-proof',
    version: 1,
    ruleset: rulesetDigest(ruleset),
    question: {
      direction: space.direction,
      version: space.version,
      fields,
      names: ['', ...ranks.nameOf],
      exceptInterfaces: [...space.exceptInterfaces],
    },
    stops: [...rules.list, ...policies.list],
    sets,
    regions: ends.map((end) =>
      end.kind === 'split'
        ? { split: end.split }
        : {
            stoppedBy: [...new Set([...stopsOf(end), ...(end.redirectedBy.length > 0 ? everyStop : [])])],
            redirectedBy: end.redirectedBy,
          },
    ),
  };
}

import { z } from 'zod';
import { guardChains } from './chains-guard.ts';
import { type IptablesProgram, restoreLines, rulesOf, savedLines } from './iptables.ts';
import { anyVerb, type Work } from './verb.ts';

const lines = z.array(z.string().max(4_096)).max(20_000);
/** Our chains in one table: their rules, and the jumps to them with their place in the kernel's chain (from 1). */
const tableState = z.strictObject({
  table: z.enum(['filter', 'raw', 'mangle']),
  chains: z.array(z.strictObject({ name: z.string().max(32), there: z.boolean(), rules: lines })).max(64),
  jumps: z
    .array(z.strictObject({ chain: z.string().max(32), place: z.int().min(1), to: z.string().max(32) }))
    .max(256),
});
type TableState = z.infer<typeof tableState>;

const program = z.enum(['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy']);
const before = z.strictObject({ program, tables: z.array(tableState).max(3) });
type Before = z.infer<typeof before>;
const left = z.strictObject({ tables: z.array(tableState).max(3) });

const KERNEL_CHAINS = ['INPUT', 'OUTPUT', 'FORWARD', 'PREROUTING'] as const;

/** What our chains of these names say now. */
function stateOf(
  work: Work,
  which: IptablesProgram,
  table: TableState['table'],
  names: readonly string[],
): TableState {
  const saved = savedLines(work.machine, which, table);
  const jumps: TableState['jumps'] = [];
  for (const chain of KERNEL_CHAINS)
    rulesOf(saved, chain).forEach((rule, index) => {
      const to = /^-A \S+ -j (\S+)$/.exec(rule)?.[1];
      if (to !== undefined && names.includes(to)) jumps.push({ chain, place: index + 1, to });
    });
  const chains = names.map((name) => ({
    name,
    there: saved.some((line) => line.startsWith(`:${name} `)),
    rules: rulesOf(saved, name),
  }));
  return { table, chains, jumps };
}

const names = (state: TableState) => state.chains.map((chain) => chain.name);
const now = (work: Work, which: IptablesProgram, tables: readonly TableState[]) =>
  tables.map((state) => stateOf(work, which, state.table, names(state)));

const chainWords = (states: readonly TableState[]) => JSON.stringify(states.map((state) => state.chains));
const sameChains = (a: readonly TableState[], b: readonly TableState[]) => chainWords(a) === chainWords(b);

/** A text that turns our chains from what they are into what they were, in one transaction per table. */
function textBack(is: TableState, was: TableState): string {
  const text = [`*${is.table}`];
  for (const jump of is.jumps) text.push(`-D ${jump.chain} -j ${jump.to}`);
  const there = (name: string) => is.chains.some((chain) => chain.name === name && chain.there);
  for (const chain of was.chains) if (chain.there || there(chain.name)) text.push(`:${chain.name} - [0:0]`);
  for (const chain of was.chains) text.push(...chain.rules);
  for (const chain of was.chains) if (!chain.there && there(chain.name)) text.push(`-X ${chain.name}`);
  for (const jump of was.jumps) text.push(`-I ${jump.chain} ${jump.place} -j ${jump.to}`);
  return [...text, 'COMMIT', ''].join('\n');
}

function wantedText(text: string, tables: readonly TableState[]): string {
  const { tables: wanted } = guardChains(text);
  return wanted
    .map(({ table, chains, rules, jumps }) => {
      const is = tables.find((state) => state.table === table);
      const old = (is?.jumps ?? []).map((jump) => `-D ${jump.chain} -j ${jump.to}`);
      return [
        `*${table}`,
        ...old,
        ...chains.map((chain) => `:${chain} - [0:0]`),
        ...rules,
        ...jumps,
        'COMMIT',
        '',
      ].join('\n');
    })
    .join('');
}

/** Chains of our own, for nodes with iptables only (`load-chains` of the protocol). */
export const loadChains = anyVerb<'load-chains', Before, z.infer<typeof left>>({
  verb: 'load-chains',
  firstBack: true,
  before,
  left,
  target: (action) => action.program,
  look: ({ program: which, text }, work) => {
    const tables = guardChains(text).tables.map(({ table, chains }) =>
      stateOf(work, which, tableState.shape.table.parse(table), chains),
    );
    restoreLines(work.machine, which, wantedText(text, tables), true);
    return { program: which, tables };
  },
  perform: ({ text }, kept, work) => {
    restoreLines(work.machine, kept.program, wantedText(text, now(work, kept.program, kept.tables)), false);
    work.machine.pause?.('chains-loaded');
    const tables = now(work, kept.program, kept.tables);
    const already = JSON.stringify(tables) === JSON.stringify(kept.tables);
    return { left: { tables }, already, notUndone: null, output: '' };
  },
  differences: (kept, leftThere, work) => {
    // A unit loads them at boot again, or nobody does.
    if (work.machine.booting) return [];
    const tables = now(work, kept.program, kept.tables);
    if (leftThere === null || sameChains(tables, kept.tables) || sameChains(tables, leftThere.tables))
      return [];
    const [left, is] = [leftThere.tables, tables].map((states) => chainWords(states).slice(0, 512));
    return [{ path: kept.program, what: 'rules', left: left ?? '', now: is ?? '' }];
  },
  takeBack: (kept, leftThere, work) => {
    const is = now(work, kept.program, kept.tables);
    if (work.machine.booting && !sameChains(is, leftThere?.tables ?? []))
      return `The chains of ${kept.program} ended with the last boot.`;
    const text = kept.tables.map((was, index) => (is[index] ? textBack(is[index], was) : '')).join('');
    restoreLines(work.machine, kept.program, text, false);
    return `The chains of ${kept.program} are as they were.`;
  },
});

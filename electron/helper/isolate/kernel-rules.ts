import { z } from 'zod';
import type { Machine } from '../machine.ts';
import { runProgram } from '../run/run-program.ts';
import type { TableName } from '../verbs/nft-table.ts';

/** One rule as the kernel holds it: what it matches, by `protocol field`, each value as text, and whether packets pass. */
export interface KernelRule {
  chain: string;
  matches: ReadonlyMap<string, readonly string[]>;
  accepts: boolean;
  /** Packets that it counted. */
  packets: number;
  comment: string;
}

const listing = z.object({ nftables: z.array(z.record(z.string(), z.unknown())).max(10_000) });
const rule = z.object({
  chain: z.string().max(256),
  comment: z.string().max(256).default(''),
  expr: z.array(z.record(z.string(), z.unknown())).max(256),
});
const match = z.object({
  op: z.string(),
  left: z.union([
    z.object({ payload: z.object({ protocol: z.string().max(32), field: z.string().max(32) }) }),
    z.object({ meta: z.object({ key: z.string().max(32) }) }),
  ]),
  right: z.unknown(),
});
const counter = z.object({ packets: z.int().min(0) });
const prefix = z.object({ prefix: z.object({ addr: z.string().max(64), len: z.int() }) });
const range = z.object({
  range: z.tuple([z.union([z.string(), z.number()]), z.union([z.string(), z.number()])]),
});

/** @returns the rules of a table that the kernel holds (libnftables-json(5)); none where it is not there or cannot be read */
export function kernelRules(machine: Machine, { family, name }: TableName): KernelRule[] {
  const end = runProgram(machine, { program: 'nft', arguments: ['-j', 'list', 'table', family, name] });
  if (end.status !== 0 || end.cut) return [];
  return readRules(end.output.toString('utf8'));
}

/** @param text what `nft -j list table` prints; whatever is not of a known form is passed over */
export function readRules(text: string): KernelRule[] {
  let found: z.infer<typeof listing>;
  try {
    found = listing.parse(JSON.parse(text));
  } catch {
    return [];
  }
  return found.nftables.flatMap((one) => {
    const read = rule.safeParse(one.rule);
    if (!read.success) return [];
    const { chain, comment, expr } = read.data;
    const matches = new Map<string, string[]>();
    for (const each of expr) {
      const is = match.safeParse(each.match);
      if (!is.success || is.data.op !== '==') continue;
      const { left, right } = is.data;
      const key = 'meta' in left ? `meta ${left.meta.key}` : `${left.payload.protocol} ${left.payload.field}`;
      matches.set(key, valuesOf(right));
    }
    const packets = expr.reduce((sum, each) => {
      const is = counter.safeParse(each.counter);
      return sum + (is.success ? is.data.packets : 0);
    }, 0);
    return [{ chain, comment, matches, packets, accepts: expr.some((each) => 'accept' in each) }];
  });
}

function valuesOf(right: unknown): string[] {
  if (typeof right === 'string' || typeof right === 'number') return [String(right)];
  if (right === null || typeof right !== 'object') return [];
  if ('set' in right) return Array.isArray(right.set) ? right.set.flatMap(valuesOf) : [];
  const net = prefix.safeParse(right);
  if (net.success) return [`${net.data.prefix.addr}/${net.data.prefix.len}`];
  const span = range.safeParse(right);
  return span.success ? [span.data.range.join('-')] : [];
}

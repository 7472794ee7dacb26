import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type FenceRules,
  fenceRulesText,
  fenceTables,
  OWN_TABLES,
  type OwnRules,
  ownRulesText,
} from '#shared/domain/incident/isolation-rules.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { runProgram } from '../run/run-program.ts';
import { deleteTable, type TableName, tableWords } from '../verbs/nft-table.ts';
import type { FenceRecord, Loaded, OwnRecord } from './isolation-record.ts';
import { interfacesHere } from './network-place.ts';

const NFT_MS = 10_000;

/** What the rules of this node's own isolation are made of, as its record stands. */
export function ownRulesOf(own: OwnRecord, interfaces: readonly string[]): OwnRules {
  // Without a way the console would be cut off: SSH of the LAN passes then, from the first moment on.
  const isLan = own.sshPort !== null && (own.is === 'stepped-down' || own.ways.length === 0);
  const ports = [...new Set([own.sshPort, ...own.ways.map(({ port }) => port)])].filter(
    (port) => port !== null,
  );
  const { scope, ways, accounts } = own;
  return { scope, ways, accounts, ports: own.ports, interfaces, lanPorts: isLan ? ports : [] };
}

const fenceRulesOf = (fence: FenceRecord, interfaces: readonly string[]): FenceRules => ({
  ...fence.target,
  isolation: fence.isolation,
  scope: fence.scope,
  port: fence.port,
  interfaces,
});

/** Loads the rules of the record in one transaction. @returns what was loaded. Refuses `missing-tool`, `program-failed`. */
export function loadOwn(machine: Machine, own: OwnRecord): Loaded {
  return load(machine, (interfaces, withEgress) => ownRulesText(ownRulesOf(own, interfaces), withEgress));
}

/** As {@link loadOwn}, for the fence of another node. */
export function loadFence(machine: Machine, fence: FenceRecord): Loaded {
  return load(machine, (interfaces, withEgress) =>
    fenceRulesText(fenceRulesOf(fence, interfaces), withEgress),
  );
}

function load(
  machine: Machine,
  textOf: (interfaces: readonly string[], withEgress: boolean) => string,
): Loaded {
  const { names, unfit } = interfacesHere();
  const missed = unfit.length === 0 ? '' : `Not on ${unfit.length} interfaces whose names no rule can hold.`;
  const whole = textOf(names, true);
  const why = tryLoad(machine, whole);
  if (why === null) return { ...unseen(whole, names), egressWhy: missed };
  // An old kernel has no egress hook, or an interface went away meanwhile: the rest must stand all the same, and at once.
  const rest = textOf([], false);
  const failed = tryLoad(machine, rest);
  if (failed !== null) throw new Refused('program-failed', `nft did not take the rules: ${failed}`);
  return { ...unseen(rest, names), egressWhy: `nft took no egress hook: ${why}`.slice(0, 512) };
}

/** What the kernel lists is looked at after the cut, which it must not hold up. */
const unseen = (text: string, interfaces: string[]) => ({
  text: sha(text),
  inet: null,
  netdev: null,
  interfaces,
});

function tryLoad(machine: Machine, text: string): string | null {
  const input = Buffer.from(text, 'utf8');
  const end = runProgram(machine, { program: 'nft', arguments: ['-f', '-'], input, timeoutMs: NFT_MS });
  machine.pause?.('isolation-loaded');
  return end.status === 0 ? null : end.errors.slice(0, 400) || 'it did not end in time';
}

type Tables = readonly [TableName, TableName];
export const tablesOf = (record: OwnRecord | FenceRecord): Tables =>
  'target' in record ? fenceTables(record.isolation) : OWN_TABLES;

/** @returns SHA-256 of what the kernel lists of the two tables; null for one that is not there */
export function listed(machine: Machine, tables: Tables): { inet: string | null; netdev: string | null } {
  const [inet, netdev] = tables.map((table) => {
    const words = tableWords(machine, table);
    return words === null ? null : sha(words);
  });
  return { inet: inet ?? null, netdev: netdev ?? null };
}

/** Takes the two tables away; not being there is fine. The egress hook goes first: as it came last. */
export function unload(machine: Machine, [inet, netdev]: Tables): void {
  deleteTable(machine, netdev);
  machine.pause?.('egress-unloaded');
  deleteTable(machine, inet);
}

const counted = z.object({
  nftables: z.array(
    z.object({ rule: z.object({ expr: z.array(z.record(z.string(), z.unknown())) }).optional() }),
  ),
});
const counter = z.object({ packets: z.int().min(0) });

/** @returns packets that the rules of these tables counted; all of them drop */
export function droppedBy(machine: Machine, tables: Tables): number {
  return tables.reduce((sum, { family, name }) => {
    const end = runProgram(machine, { program: 'nft', arguments: ['-j', 'list', 'table', family, name] });
    if (end.status !== 0) return sum;
    const { nftables } = counted.parse(JSON.parse(end.output.toString('utf8')));
    const counters = nftables
      .flatMap(({ rule }) => rule?.expr ?? [])
      .map((one) => counter.safeParse(one.counter));
    return counters.reduce((all, one) => all + (one.success ? one.data.packets : 0), sum);
  }, 0);
}

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

import type { BaseChain, Chain, Hook, Rule, Table, TableFamily } from '../model.ts';
import { isList, type Json, type JsonObject, Malformed, member, shown, text } from './json.ts';

const FAMILIES: ReadonlySet<string> = new Set<TableFamily>(['ip', 'ip6', 'inet', 'netdev', 'bridge', 'arp']);
const HOOKS: ReadonlySet<string> = new Set<Hook>([
  'ingress',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'egress',
]);
const TYPES: ReadonlySet<string> = new Set<BaseChain['type']>(['filter', 'nat', 'route']);

const TABLE_FLAGS = new Set(['dormant', 'owner', 'persist']);

/** A chain whose rules are still being read. */
export interface OpenChain extends Omit<Chain, 'rules'> {
  readonly rules: Rule[];
}
export interface OpenTable extends Omit<Table, 'chains'> {
  readonly chains: Map<string, OpenChain>;
  /** The flags say something that this reader cannot tell from "dormant". */
  readonly flagsUnknown: boolean;
}

function flagsOf(body: JsonObject): string[] {
  const flags = member(body, 'flags') ?? [];
  return (isList(flags) ? flags : [flags]).map((flag) => (typeof flag === 'string' ? flag : shown(flag)));
}

/**
 * Every name and comment in a listing: nft 1.0.6 prints stray memory for the flags of a table, often a copy of one of them.
 * @param bodies of its tables, chains and rules
 */
export function namesIn(bodies: readonly JsonObject[]): ReadonlySet<Json | undefined> {
  return new Set(bodies.flatMap((body) => [member(body, 'name'), member(body, 'comment')]));
}

/**
 * `table` of libnftables-json(5), without its chains.
 * @param names of the whole listing
 * @throws Malformed
 */
export function openTable(body: JsonObject, names: ReadonlySet<Json | undefined>): OpenTable {
  const family = text(body, 'family', 'A table');
  if (!FAMILIES.has(family)) throw new Malformed(`A table is of an unknown family: ${shown(family)}.`);
  const flags = flagsOf(body);
  return {
    source: { program: 'nft', backend: null },
    family: family as TableFamily,
    name: text(body, 'name', 'A table'),
    chains: new Map(),
    dormant: flags.includes('dormant') && !names.has('dormant'),
    flagsUnknown: flags.some((flag) => !TABLE_FLAGS.has(flag) || names.has(flag)),
  };
}

/** @returns null when they are not named, as by nft 1.0.6 where there are several */
function devicesOf(body: JsonObject): string[] | null {
  const devices = member(body, 'dev');
  if (devices === undefined) return null;
  return (isList(devices) ? devices : [devices]).map((device) => {
    if (typeof device !== 'string')
      throw new Malformed(`A chain is bound to ${shown(device)}, which is no interface.`);
    return device;
  });
}

/**
 * Where a chain is hooked in; null for one that is only jumped to.
 * @throws Malformed for a hook, type, policy or priority that is not known
 */
export function readBase(body: JsonObject, where: string): BaseChain | null {
  if (member(body, 'hook') === undefined && member(body, 'type') === undefined) return null;
  const hook = text(body, 'hook', where);
  const type = text(body, 'type', where);
  const policy = member(body, 'policy') ?? 'accept';
  const priority = member(body, 'prio');
  if (!HOOKS.has(hook)) throw new Malformed(`${where} is at an unknown hook: ${shown(hook)}.`);
  if (!TYPES.has(type)) throw new Malformed(`${where} is of an unknown type: ${shown(type)}.`);
  if (policy !== 'accept' && policy !== 'drop')
    throw new Malformed(`${where} has an unknown policy: ${shown(policy)}.`);
  if (typeof priority !== 'number' || !Number.isSafeInteger(priority))
    throw new Malformed(`${where} has no priority: ${shown(priority)}.`);
  return { type: type as BaseChain['type'], hook: hook as Hook, priority, policy, devices: devicesOf(body) };
}

import { PROTOCOL } from '../fields.ts';
import type { Condition, TableFamily } from '../model.ts';
import type { Key } from './expression.ts';
import { isObject, type Json, member, tagged } from './json.ts';

/**
 * A rule that may hold for one version of IP only without saying so is read twice: for the version that it is surely for, and for the
 * other, for which it may hold or not.
 */
export type FamilyReading = 'sure' | 'other';

/** The families whose tables see both versions of IP, so that a rule may ask for one. */
export function seesBothVersions(family: TableFamily): boolean {
  return family !== 'ip' && family !== 'ip6';
}

/**
 * The version of IP that a rule may ask for in front of a match, and nft does not print: `meta nfproto ipv4 meta l4proto icmp` is listed
 * as `meta l4proto icmp`, and nft 1.0.6 lists `meta nfproto ipv4 ct protocol tcp` as `ct protocol tcp` (netlink_delinearize.c,
 * meta_may_dependency_kill). It does so in front of `==` with a single value only.
 * @param left what is compared, as nft prints it, and with what
 * @returns `any` where it may have been either; null where nothing is hidden
 */
export function hiddenFamily(
  left: Json | undefined,
  right: Json | undefined,
  keys: readonly Key[],
  alternatives: readonly (readonly Condition[])[],
): 4 | 6 | 'any' | null {
  const [kind, body] = tagged(left) ?? [];
  const [alternative] = alternatives;
  const values = alternative?.[0]?.values;
  const isOne = typeof right === 'number' || (typeof right === 'string' && !right.startsWith('@'));
  if (!isOne || alternatives.length !== 1 || keys.length !== 1 || values?.kind !== 'numbers') return null;
  const [interval] = values.intervals;
  if (values.intervals.length !== 1 || interval === undefined || interval[0] !== interval[1]) return null;
  const name = isObject(body) ? member(body, 'key') : undefined;
  if (kind === 'ct' && name === 'protocol') return 'any';
  if (kind !== 'meta' || name !== 'l4proto') return null;
  if (interval[0] === PROTOCOL.icmp) return 4;
  return interval[0] === PROTOCOL.icmpv6 ? 6 : null;
}

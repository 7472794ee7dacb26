import type { Interval } from '../interval.ts';
import type { NatTarget, Statement } from '../model.ts';
import { is, type Key } from './expression.ts';
import { isObject, type Json, type JsonObject, Malformed, member, shown } from './json.ts';
import { type MapEntry, mapBody, readMap, unmodelledVerdict } from './match.ts';
import type { RuleBuilder } from './rule-builder.ts';
import { readEnds } from './values.ts';

export type NatType = 'dnat' | 'snat' | 'masquerade' | 'redirect';

function key(field: 'daddr' | 'dport', bits: number): Key {
  return { field, bits, names: null, isBitmask: false, mask: null, flip: 0n, shift: 0 };
}

const PORT = key('dport', 16);

function addressKey(version: 4 | 6): Key {
  return key('daddr', version === 4 ? 32 : 128);
}

function versionOf(builder: RuleBuilder, body: JsonObject): 4 | 6 | null {
  const family = member(body, 'family') ?? builder.family;
  return family === 'ip' ? 4 : family === 'ip6' ? 6 : null;
}

/** The value of an entry: an address, a port, or both. */
function entryTarget(data: Json | undefined, version: 4 | 6 | null, port: Interval | null): NatTarget | null {
  const parts = isObject(data) ? member(data, 'concat') : undefined;
  if (Array.isArray(parts)) {
    if (parts.length !== 2 || version === null) return null;
    const address = readEnds(addressKey(version), parts[0]);
    const own = readEnds(PORT, parts[1]);
    return address && own && { address, port: own };
  }
  if (version === null) return null;
  const address = readEnds(addressKey(version), data);
  return address && { address, port };
}

function mapped(
  entries: readonly MapEntry[] | null,
  target: (data: Json | undefined) => NatTarget | null,
): Extract<Statement, { kind: 'nat' }>['entries'] | null {
  if (!entries) return null;
  const found: { conditions: MapEntry['conditions']; target: NatTarget }[] = [];
  for (const { conditions, data } of entries) {
    const to = target(data);
    if (!to) return null;
    found.push({ conditions, target: to });
  }
  return found;
}

function isEmpty(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/**
 * `dnat`, `snat`, `masquerade`, `redirect` of libnftables-json(5), with fixed targets, ranges and maps.
 * @throws Malformed
 */
export function readNat(builder: RuleBuilder, type: NatType, body: Json, whole: Json): void {
  if (body !== null && !isObject(body))
    throw new Malformed(`"${type}" should have a target: ${shown(body)}.`);
  const found: JsonObject = body ?? {};
  // A rule for an address of the other family is passed over (nft_nat.c, nft_nat_inet_eval).
  if (member(found, 'family') !== undefined) {
    const version = versionOf(builder, found);
    if (version === null)
      throw new Malformed(`"${type}" is of an unknown family: ${shown(member(found, 'family'))}.`);
    builder.ask([is('nfproto', [BigInt(version)])]);
  }
  const entries = isEmpty(member(found, 'type_flags')) ? entriesOf(builder, found) : null;
  builder.push(entries ? { kind: 'nat', type, entries } : unmodelledVerdict(whole));
}

function entriesOf(
  builder: RuleBuilder,
  body: JsonObject,
): Extract<Statement, { kind: 'nat' }>['entries'] | null {
  const version = versionOf(builder, body);
  const address = member(body, 'addr');
  const port = member(body, 'port');
  const addresses = mapBody(address);
  const ports = mapBody(port);
  if (addresses && ports) return null;
  if (ports) {
    const fixed = isEmpty(address) || version === null ? null : readEnds(addressKey(version), address);
    if (!isEmpty(address) && !fixed) return null;
    return mapped(readMap(builder, ports), (data) => {
      const to = readEnds(PORT, data);
      return to && { address: fixed, port: to };
    });
  }
  const fixedPort = isEmpty(port) ? null : readEnds(PORT, port);
  if (!isEmpty(port) && !fixedPort) return null;
  if (addresses) return mapped(readMap(builder, addresses), (data) => entryTarget(data, version, fixedPort));
  if (isEmpty(address)) return [{ conditions: [], target: { address: null, port: fixedPort } }];
  if (version === null) return null;
  const to = readEnds(addressKey(version), address);
  return to && [{ conditions: [], target: { address: to, port: fixedPort } }];
}

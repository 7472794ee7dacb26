import type { NodeAddress } from '#shared/domain/node.ts';
import { plainName } from '#shared/domain/plain-name.ts';

/**
 * The name that sentences use when the operator gave none: the first word of the host name, an address as it is.
 * @param hostname of this computer, for the local node
 */
export function suggestedName(address: NodeAddress, hostname: string): string {
  if (address.kind === 'recorded') return address.sample ? 'sample' : 'recording';
  const host = address.kind === 'local' ? hostname : address.host;
  const isAddress = /^[0-9.]+$/.test(host) || host.includes(':');
  const word = isAddress ? host : (host.split('.')[0] ?? host);
  return plainName(word, 64) || 'node';
}

/**
 * @param taken names that other nodes have
 * @returns the name, with a number behind it when it is taken
 */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const next = `${name.slice(0, 58)} ${number}`;
    if (!taken.has(next)) return next;
  }
}

/**
 * The id of a node in the store, made from its name: `[a-z0-9-]`, unique.
 * @param taken ids that are in use, also of removed nodes
 */
export function freeId(name: string, taken: ReadonlySet<string>): string {
  const base =
    name
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 48) || 'node';
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) {
    if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
  }
}

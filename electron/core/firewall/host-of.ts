import type { InterfaceFacts } from '#shared/domain/facts/network.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import { parseAddress, prefixInterval } from './address.ts';
import type { HostContext, HostInterface, HostRoute } from './host.ts';

/** The collector stops at these; a list that is as long may be longer (shared/domain/facts/network.ts). */
const MOST_INTERFACES = 1_024;
const MOST_ADDRESSES = 256;
const MOST_ROUTES = 8_192;

function readInterface({ name, addresses }: InterfaceFacts['interfaces'][number]): HostInterface | null {
  const read: HostInterface['addresses'][number][] = [];
  for (const { family, address, prefix } of addresses) {
    const parsed = parseAddress(address);
    if (parsed?.version !== family || prefix > (family === 4 ? 32 : 128)) return null;
    read.push({ version: family, value: parsed.value, prefix });
  }
  return { name, addresses: read };
}

function readRoute({
  family,
  destination,
  interface: oifname,
}: InterfaceFacts['routes'][number]): HostRoute | null {
  if (destination === 'default') return { version: family, value: 0n, prefix: 0, oifname };
  const width = family === 4 ? 32 : 128;
  const [text = '', bits = String(width), ...more] = destination.split('/');
  const address = parseAddress(text);
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (more.length > 0 || address?.version !== family || !(prefix <= width)) return null;
  return { version: family, value: prefixInterval(family, address.value, prefix)[0], prefix, oifname };
}

/** All of them, or null when one could not be read: a list with holes would be taken for the whole. */
function all<T, R>(items: readonly T[], read: (item: T) => R | null): R[] | null {
  const results: R[] = [];
  for (const item of items) {
    const result = read(item);
    if (result === null) return null;
    results.push(result);
  }
  return results;
}

/**
 * What a firewall's rules ask about the host itself, from what was collected. Where the facts are incomplete the context says that
 * it does not know: interfaces without all their addresses, routes that are not all, or several routing tables.
 * @param gaps of the same observation
 */
export function hostOf(facts: InterfaceFacts, gaps: readonly Pick<Gap, 'what'>[]): HostContext {
  const isUnseen = (what: string): boolean => gaps.some((gap) => gap.what === what);
  const isCut = isUnseen('parts of the interfaces');
  const knowsInterfaces =
    !isCut &&
    !isUnseen('IPv4 addresses') &&
    facts.interfaces.length < MOST_INTERFACES &&
    facts.interfaces.every(({ addresses }) => addresses.length < MOST_ADDRESSES);
  const knowsRoutes =
    !isCut && !isUnseen('routes') && facts.routes.length < MOST_ROUTES && facts.policyRouting === false;
  return {
    interfaces: knowsInterfaces ? all(facts.interfaces, readInterface) : null,
    routes: knowsRoutes ? all(facts.routes, readRoute) : null,
    forwarding: { 4: facts.forwarding?.ipv4 ?? null, 6: facts.forwarding?.ipv6 ?? null },
  };
}

import { parseAddress, prefixInterval } from '../address.ts';
import { PROTOCOL } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { contains } from '../interval.ts';
import { publicAddresses } from '../prove/space.ts';
import { type Judged, judge, type Rules } from './ask.ts';
import { packetOut, type Sender } from './outbound.ts';

/** Something that must get through, and how a packet of it fares. */
export interface MustPass extends Judged {
  readonly what: 'loopback' | 'home' | 'mdns' | 'peer';
}

const address = (text: string): bigint => parseAddress(text)?.value as bigint;

/** mDNS, RFC 6762 section 3. */
const MDNS: Readonly<Record<4 | 6, bigint>> = { 4: address('224.0.0.251'), 6: address('ff02::fb') };
const LOOPBACK: Readonly<Record<4 | 6, bigint>> = { 4: address('127.0.0.1'), 6: 1n };

/** An address of a network that is not the host's own: the first one there, where routers like to be. */
function neighbour(version: 4 | 6, value: bigint, prefix: number): bigint | null {
  const [low, high] = prefixInterval(version, value, prefix);
  if (high - low < 3n) return null;
  return low + 1n === value ? low + 2n : low + 1n;
}

interface Home {
  readonly version: 4 | 6;
  readonly name: string;
  readonly neighbour: bigint;
}

/** Networks that engines and hypervisors make for themselves: nobody's home. */
const OF_CONTAINERS = /^(veth|docker|br-|virbr|vnet|cni|podman|lxc|lxd|incus)/;

/** One neighbour for each network of the home that the host is connected to. */
export function homesOf(host: HostContext): Home[] {
  const homes: Home[] = [];
  for (const { name, addresses } of host.interfaces ?? []) {
    if (name === 'lo' || OF_CONTAINERS.test(name)) continue;
    for (const { version, value, prefix } of addresses) {
      const other = neighbour(version, value, prefix);
      if (other === null || contains(publicAddresses(version), value)) continue;
      if (!homes.some((home) => home.version === version && home.name === name))
        homes.push({ version, name, neighbour: other });
    }
  }
  return homes.slice(0, 16);
}

/** An address of a node, with the port of its API. */
export interface Peer {
  readonly version: 4 | 6;
  readonly value: bigint;
  readonly port: number;
}

/**
 * What the operator needs from the rules: this machine, the networks of the home, finding nodes by mDNS, and the listed nodes. Only for families
 * in which the host has an address of the home.
 */
export function mustPass(rules: Rules, sender: Sender, peers: readonly Peer[]): MustPass[] {
  const { host } = rules;
  const homes = homesOf(host);
  const tcp = PROTOCOL.tcp;
  const results: MustPass[] = [];
  const add = (what: MustPass['what'], to: Parameters<typeof packetOut>[2]): void => {
    results.push({ what, ...judge(rules, packetOut(host, sender, to)) });
  };
  for (const version of [4, 6] as const) {
    add('loopback', { version, daddr: LOOPBACK[version], l4proto: tcp, dport: 11_434n, oifname: 'lo' });
    const home = homes.find((one) => one.version === version);
    if (home === undefined) continue;
    const oifname = home.name;
    add('mdns', { version, daddr: MDNS[version], l4proto: PROTOCOL.udp, dport: 5_353n, oifname });
  }
  for (const { version, name, neighbour: daddr } of homes)
    add('home', { version, daddr, l4proto: tcp, dport: 443n, oifname: name });
  for (const { version, value, port } of peers.slice(0, 32)) {
    const oifname = homes.find((one) => one.version === version)?.name;
    add('peer', { version, daddr: value, l4proto: tcp, dport: BigInt(port), oifname });
  }
  return results;
}

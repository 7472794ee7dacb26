import { parseAddress } from '#core/firewall/address.ts';
import type { HostContext } from '#core/firewall/host.ts';
import { contains } from '#core/firewall/interval.ts';
import type { Packet, PacketVerdict } from '#core/firewall/packet.ts';
import { ownAddresses, publicAddresses } from '#core/firewall/prove/space.ts';

const HERE = 'this machine';

function isLoopback(version: 4 | 6, address: bigint): boolean {
  return version === 4 ? address >> 24n === 127n : address === 1n;
}

/** Where address translation sends a packet: an address, `here` for a redirect, null where it is one of several. */
function translated({ daddr }: Packet, outcome: string): bigint | 'here' | null {
  if (/^redirect\b/.test(outcome)) return 'here';
  // Only the port is another one.
  if (/^dnat(?: to :[\d-]+)?$/.test(outcome)) return daddr;
  const to = /^dnat to (?:\[([^\]]+)\]:[\d-]+|(\d+\.\d+\.\d+\.\d+)(?::[\d-]+)?|([0-9a-f:.]+))$/.exec(outcome);
  return parseAddress(to?.[1] ?? to?.[2] ?? to?.[3] ?? '')?.value ?? null;
}

/**
 * Where an outgoing packet ends, in words: on this machine, in the home network, or in the internet. What is public is what the prover takes
 * for public; the addresses of this machine count where they are known.
 */
export function destinationWords(host: HostContext, packet: Packet, { path }: PacketVerdict): string {
  const { version } = packet;
  const nat = path.findLast(({ outcome }) => /^(?:dnat|redirect)\b/.test(outcome));
  const to = nat === undefined ? packet.daddr : translated(packet, nat.outcome);
  if (to === null) return 'another address';
  if (to === 'here' || isLoopback(version, to) || contains(ownAddresses(host, version), to)) return HERE;
  return contains(publicAddresses(version), to) ? 'internet' : 'home network';
}

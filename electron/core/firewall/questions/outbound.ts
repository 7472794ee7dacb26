import { PROTOCOL } from '../fields.ts';
import type { HostContext } from '../host.ts';
import type { IntervalSet } from '../interval.ts';
import type { Packet } from '../packet.ts';
import { outboundSpace } from '../prove/space.ts';
import { WELL_KNOWN } from '../prove/telling.ts';
import { type Answer, ask, type Rules } from './ask.ts';

/** Who sends: every uid that counts, the one to name first, and its main group where it is known. */
export interface Sender {
  readonly uids: IntervalSet;
  readonly uid: bigint;
  readonly gid: bigint | undefined;
}

/** A port as programs get one (ip_local_port_range); rules about the source port of a program would have to name it. */
const SOME_PORT = 40_000n;

/** The interface by which packets to public addresses leave, as far as is known. */
export function wayOut(host: HostContext, version: 4 | 6): string | undefined {
  const routes = host.routes ?? [];
  const route =
    routes.find((one) => one.version === version && one.prefix === 0 && one.oifname !== null) ??
    routes.find((one) => one.prefix === 0 && one.oifname !== null);
  if (route?.oifname) return route.oifname;
  return host.interfaces?.find((one) => one.name !== 'lo' && one.addresses.length > 0)?.name;
}

function ownAddress(host: HostContext, version: 4 | 6, name: string | undefined): bigint | undefined {
  const face = host.interfaces?.find((one) => one.name === name);
  return face?.addresses.find((address) => address.version === version)?.value;
}

/** The first packet of a connection from a process of this host. */
export function packetOut(
  host: HostContext,
  sender: Pick<Sender, 'uid' | 'gid'>,
  to: { version: 4 | 6; daddr: bigint; l4proto: bigint; dport?: bigint; oifname?: string | undefined },
): Packet {
  const { version, daddr, l4proto, dport } = to;
  const oifname = to.oifname ?? wayOut(host, version);
  const isIcmp = l4proto === PROTOCOL.icmp || l4proto === PROTOCOL.icmpv6;
  return {
    direction: 'out',
    version,
    daddr,
    l4proto,
    skuid: sender.uid,
    skgid: sender.gid,
    oifname,
    saddr: ownAddress(host, version, oifname),
    ...(dport === undefined ? {} : { dport, sport: SOME_PORT }),
    ...(isIcmp ? { icmpType: version === 4 ? 8n : 128n, icmpCode: 0n } : {}),
  };
}

/**
 * Can anything that this sender makes get to a public address, by any protocol, port and interface? Whether there is a route
 * at the moment does not count: a router can announce one at any time.
 */
export function askOutbound(rules: Rules, version: 4 | 6, sender: Sender): Answer {
  const { host } = rules;
  const space = outboundSpace(version, sender.uids);
  const sample = packetOut(host, sender, {
    version,
    daddr: WELL_KNOWN[version],
    l4proto: PROTOCOL.tcp,
    dport: 443n,
  });
  return ask(rules, space, sample, { uid: sender.uid });
}

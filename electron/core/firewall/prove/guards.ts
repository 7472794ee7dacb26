import { type Field, PROTOCOL, WITH_PORTS } from '../fields.ts';
import { type IntervalSet, normalize, single } from '../interval.ts';

/** Protocols that have ports, as a set. */
export const PORTS: IntervalSet = normalize(WITH_PORTS.map((protocol) => [protocol, protocol]));

/** Protocols whose packets have an ICMP type. */
export const ICMP: IntervalSet = [
  [PROTOCOL.icmp, PROTOCOL.icmp],
  [PROTOCOL.icmpv6, PROTOCOL.icmpv6],
];

/** Protocols of which a packet must be for a field to be there at all; null: every packet has the field. */
export function protocolsWith(field: Field): IntervalSet | null {
  if (field === 'sport' || field === 'dport') return PORTS;
  if (field === 'icmpType' || field === 'icmpCode') return ICMP;
  if (field === 'tcpFlags') return single(PROTOCOL.tcp);
  return null;
}

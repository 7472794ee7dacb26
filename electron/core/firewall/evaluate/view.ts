import {
  CONNECTION,
  CT_STATE,
  FIB_TYPE,
  type Field,
  firstFlags,
  PACKET_TYPE,
  PROTOCOL,
  WITH_PORTS,
} from '../fields.ts';
import type { HostContext } from '../host.ts';
import { normalize } from '../interval.ts';
import type { Packet } from '../packet.ts';
import { foreignType, frameType, isOwn } from './host-address.ts';
import { ABSENT, type Known, notGiven, number, oneOf, orAbsent } from './known.ts';
import type { Look } from './match.ts';
import { CT_MARK_SHARED, isConnected, type PacketState } from './state.ts';

const FIRST_FLAGS = {
  out: flagsOf('out', 'whether the host asks for ECN (net.ipv4.tcp_ecn) is not known'),
  in: flagsOf('in', 'its sender chooses which TCP flags it sets besides SYN'),
  forward: flagsOf('forward', 'its sender chooses which TCP flags it sets besides SYN'),
};

function flagsOf(direction: Packet['direction'], why: string): Known {
  return oneOf(normalize(firstFlags(direction).map((one) => [one, one])), [], why);
}

function given(packet: Packet, field: 'skuid' | 'skgid' | 'icmpType' | 'icmpCode'): Known {
  const value = packet[field];
  return value === undefined ? notGiven(field) : number(value);
}

/** Whether the packet still belongs to a socket: it loses it when it goes through `lo` (skb_orphan in loopback_xmit). */
function hasSocket(packet: Packet, state: PacketState): boolean {
  return packet.direction === 'out' && !state.looped;
}

/** What waits for the address of a neighbour goes to egress when that is known (neigh_update), be the socket closed by then or not. */
const GONE = 'at egress the socket may be closed already, for a packet waits until its neighbour is known';

function ofSocket(packet: Packet, state: PacketState, field: 'skuid' | 'skgid'): Known {
  if (!hasSocket(packet, state)) return ABSENT;
  return state.hook === 'egress' ? orAbsent(given(packet, field), GONE) : given(packet, field);
}

function ofIcmp(packet: Packet, field: 'icmpType' | 'icmpCode'): Known {
  const has = packet.l4proto === PROTOCOL.icmp || packet.l4proto === PROTOCOL.icmpv6;
  return has ? given(packet, field) : ABSENT;
}

const OF_ANOTHER = 'what became of the connection that another account has opened is not known';

const OF_TEMPLATE = 'the packet has no connection yet, only the zone of one';

/** Without a connection only `ct state` can be answered (nft_ct.c, xt_conntrack.c). */
function ofConnection(state: PacketState, value: bigint): Known {
  if (state.tracking === 'established') return oneOf(null, [], OF_ANOTHER);
  if (state.tracking === 'template') return oneOf(null, [], OF_TEMPLATE);
  return state.tracking === 'new' ? number(value) : ABSENT;
}

function statusOf(state: PacketState): Known {
  const { ctStatus, ctStatusDoubt, tracking } = state;
  if (tracking !== 'new' || ctStatusDoubt === 0n) return ofConnection(state, ctStatus);
  let possible = [ctStatus];
  for (let bit = 1n; bit <= ctStatusDoubt; bit <<= 1n)
    if (ctStatusDoubt & bit) possible = possible.flatMap((value) => [value, value | bit]);
  const either = normalize(possible.map((value) => [value, value]));
  return oneOf(either, [], 'what translation, or another packet of the connection, made of it is not known');
}

function ctMarkOf(state: PacketState): Known {
  const { ctMark, ctMarkShared } = state;
  return isConnected(state) && ctMarkShared ? oneOf(null, [], CT_MARK_SHARED) : ofConnection(state, ctMark);
}

function ctState({ tracking }: PacketState): Known {
  if (tracking === 'new' || tracking === 'template') return number(CT_STATE.new);
  if (tracking === 'established') return number(CT_STATE.established);
  return number(tracking === 'untracked' ? CT_STATE.untracked : CT_STATE.invalid);
}

function destinationType(host: HostContext, packet: Packet, state: PacketState): Known {
  const { daddr, local } = state;
  // The type is that of the address: a packet to one of the host's own that a bound socket sends out by another interface has it too.
  const isOwnAbroad =
    packet.direction === 'out' &&
    daddr.kind === 'number' &&
    isOwn(host, packet.version, daddr.value) === true;
  if (local || isOwnAbroad) return number(FIB_TYPE.local);
  if (daddr.kind !== 'number' || local === null)
    return oneOf(null, [], "whether the translated address is the host's own is not known");
  return foreignType(host, packet.version, daddr.value);
}

function sourceType(host: HostContext, packet: Packet, state: PacketState): Known {
  const { saddr } = state;
  if (saddr.kind !== 'number') return packet.direction === 'out' ? number(FIB_TYPE.local) : saddrDoubt(saddr);
  const own = isOwn(host, packet.version, saddr.value);
  if (own || packet.direction === 'out') return number(FIB_TYPE.local);
  if (own === null) return oneOf(null, [], "the host's own addresses are not known");
  return foreignType(host, packet.version, saddr.value);
}

function saddrDoubt(saddr: Known): Known {
  return saddr.kind === 'doubt' ? oneOf(null, saddr.missing, saddr.why) : ABSENT;
}

/** What is made here is for the host until it leaves (skb->pkt_type is 0). */
function packetType(host: HostContext, packet: Packet): Known {
  return number(packet.direction === 'out' ? PACKET_TYPE.host : frameType(host, packet));
}

function answer(host: HostContext, packet: Packet, state: PacketState, field: Field): Known {
  switch (field) {
    case 'nfproto':
      return number(BigInt(packet.version));
    case 'saddr':
    case 'daddr':
    case 'iifname':
    case 'oifname':
      return state[field];
    case 'l4proto':
      return number(packet.l4proto);
    case 'sport':
    case 'dport':
      return WITH_PORTS.includes(packet.l4proto) ? state[field] : ABSENT;
    case 'icmpType':
    case 'icmpCode':
      return ofIcmp(packet, field);
    case 'tcpFlags':
      return packet.l4proto === PROTOCOL.tcp ? FIRST_FLAGS[packet.direction] : ABSENT;
    case 'skuid':
    case 'skgid':
      return ofSocket(packet, state, field);
    case 'socket':
      if (!hasSocket(packet, state)) return number(0n);
      return state.hook === 'egress' ? oneOf([[0n, 1n]], [], GONE) : number(1n);
    case 'mark':
      return number(state.mark);
    case 'ctMark':
      return ctMarkOf(state);
    case 'ctState':
      return ctState(state);
    case 'connection':
      return number(packet.connection === undefined ? CONNECTION.new : CONNECTION.ofAnother);
    case 'ctDirection':
      return ofConnection(state, 0n);
    case 'ctStatus':
      return statusOf(state);
    case 'fibDaddrType':
      return destinationType(host, packet, state);
    case 'fibSaddrType':
      return sourceType(host, packet, state);
    case 'pkttype':
      return packetType(host, packet);
  }
}

/** What rules see of a packet in one state; each field is worked out once. */
export function viewOf(host: HostContext, packet: Packet, state: PacketState): Look {
  const known = new Map<Field, Known>();
  return (field) => {
    let value = known.get(field);
    if (value === undefined) {
      value = answer(host, packet, state, field);
      known.set(field, value);
    }
    return value;
  };
}

import { FIB_TYPE, PACKET_TYPE, WITH_PORTS } from '../fields.ts';
import type { HostContext } from '../host.ts';
import type { Hook } from '../model.ts';
import type { Packet } from '../packet.ts';
import {
  foreignType,
  frameType,
  interfaceTo,
  isLoopback,
  isMulticast,
  isOwn,
  ownAddresses,
} from './host-address.ts';
import { ABSENT, type Doubt, type Known, name, notGiven, number, oneOf, someInterface } from './known.ts';
import { CT_STATUS, changed, type PacketState, stateOf } from './state.ts';

const NO_INTERFACE = name('');

/** Where a packet goes after a hook: on to another, or to the end. */
export type Onward =
  | { readonly kind: 'hook'; readonly state: PacketState }
  | { readonly kind: 'end'; readonly outcome: 'accept' | 'drop'; readonly because: string | null };

/** One way on, or several of which it cannot be told which. */
export interface Onwards {
  readonly ways: readonly Onward[];
  readonly doubt: Doubt | null;
}

function sourceOf(host: HostContext, packet: Packet): Known {
  if (packet.saddr !== undefined) return number(packet.saddr);
  return packet.direction === 'out'
    ? oneOf(ownAddresses(host, packet.version), ['saddr'], "the packet's saddr is not given")
    : notGiven('saddr');
}

function portOf(packet: Packet, field: 'sport' | 'dport'): Known {
  if (!WITH_PORTS.includes(packet.l4proto)) return ABSENT;
  const value = packet[field];
  return value === undefined ? notGiven(field) : number(value);
}

function leavesBy(host: HostContext, { oifname, version, daddr, saddr }: Packet): Known {
  if (oifname !== undefined) return name(oifname);
  return saddr === daddr || isOwn(host, version, daddr) === true
    ? name('lo')
    : someInterface('oifname', "the packet's oifname is not given");
}

function isForHost(host: HostContext, packet: Packet, oifname: Known): boolean {
  const { direction, version, daddr } = packet;
  if (direction === 'out')
    return oifname.kind === 'name' && oifname.name === 'lo' && !isMulticast(version, daddr);
  if (direction === 'forward' || isMulticast(version, daddr)) return false;
  const type = isOwn(host, version, daddr) || version === 6 ? ABSENT : foreignType(host, 4, daddr);
  return !(type.kind === 'number' && type.value === FIB_TYPE.broadcast);
}

/** A packet at the first hook that it meets. */
export function firstState(host: HostContext, packet: Packet): PacketState {
  const out = packet.direction === 'out';
  const oifname = out ? leavesBy(host, packet) : NO_INTERFACE;
  const iifname =
    packet.iifname === undefined
      ? someInterface('iifname', "the packet's iifname is not given")
      : name(packet.iifname);
  return stateOf({
    hook: out ? 'output' : 'ingress',
    looped: false,
    saddr: sourceOf(host, packet),
    daddr: number(packet.daddr),
    sport: portOf(packet, 'sport'),
    dport: portOf(packet, 'dport'),
    local: isForHost(host, packet, oifname),
    rerouted: false,
    iifname: out ? NO_INTERFACE : iifname,
    oifname,
    mark: 0n,
    ctMark: 0n,
    ctMarkShared: false,
    tracking: 'none',
    destinationNat: false,
    sourceNat: false,
    ctStatus: 0n,
    ctStatusDoubt: 0n,
  });
}

const ACCEPTED: Onwards = { ways: [{ kind: 'end', outcome: 'accept', because: null }], doubt: null };

function to(hook: Hook, state: PacketState, parts: Partial<PacketState> = {}): Onward {
  return { kind: 'hook', state: changed(state, { ...parts, hook, rerouted: false }) };
}

function one(way: Onward): Onwards {
  return { ways: [way], doubt: null };
}

/** A packet that is made here, after output: a changed destination has its way looked up again (ip_route_me_harder). */
function afterOutput(host: HostContext, packet: Packet, state: PacketState): Onwards {
  if (!state.rerouted) return one(to('postrouting', state));
  const home = to('postrouting', state, { oifname: name('lo'), local: true });
  const away = to('postrouting', state, {
    oifname: interfaceTo(host, packet.version, state.daddr),
    local: false,
  });
  const ways = state.local === null ? [home, away] : [state.local ? home : away];
  if (isLinkLocal(packet, state.saddr)) return { ways: [...ways, NO_WAY], doubt: BOUND_SOCKET };
  if (state.local !== true && isLoopback4(packet, state.saddr))
    return { ways: [...ways, KEPT_AT_HOME], doubt: LOOPBACK_ABROAD };
  return { ways, doubt: state.local === null ? unknownOwner : null };
}

/** A socket with a link-local address is bound to its interface, and the new way may need another one (ip6_route_me_harder). */
const BOUND_SOCKET: Doubt = {
  kind: 'doubt',
  missing: [],
  why: 'whether the socket is bound to its interface is not known',
};

const NO_WAY: Onward = {
  kind: 'end',
  outcome: 'drop',
  because: 'The translated packet has no way by the interface of its socket.',
};

function isLinkLocal({ version }: Packet, address: Known): boolean {
  return version === 6 && address.kind === 'number' && address.value >> 118n === 0x3fan;
}

const unknownOwner: Doubt = {
  kind: 'doubt',
  missing: [],
  why: "whether the translated address is the host's own is not known",
};

/** A frame for several machines is not sent on (ip_forward, ip6_forward). */
const FOR_MANY: Onward = {
  kind: 'end',
  outcome: 'drop',
  because: 'A frame for several machines is not forwarded.',
};

function forwarded(host: HostContext, packet: Packet, state: PacketState): Onwards {
  const { version } = packet;
  const given = packet.direction === 'forward' && packet.oifname !== undefined && !state.rerouted;
  const oifname = given ? name(packet.oifname) : interfaceTo(host, version, state.daddr);
  const on = to('forward', state, { oifname, local: false });
  const forwards = host.forwarding[version];
  const refused: Onward = {
    kind: 'end',
    outcome: 'drop',
    because: `The host does not forward IPv${version} packets.`,
  };
  if (forwards === false) return one(refused);
  if (frameType(host, packet) !== PACKET_TYPE.host) return one(FOR_MANY);
  // That a packet is sent on is what the question says; that a translated one would be is not.
  if (forwards || packet.direction === 'forward') return one(on);
  return {
    ways: [on, refused],
    doubt: {
      kind: 'doubt',
      missing: [],
      why: `whether the host forwards IPv${version} packets is not known`,
    },
  };
}

/** A packet that came in, after prerouting: to this host or on to another. */
function afterPrerouting(host: HostContext, packet: Packet, state: PacketState): Onwards {
  const home = to('input', state);
  if (state.looped || (!state.rerouted && packet.direction === 'in')) return one(home);
  if (state.local)
    return isLoopback4(packet, state.daddr)
      ? { ways: [home, KEPT_AT_HOME], doubt: LOOPBACK_ABROAD }
      : one(home);
  const on = forwarded(host, packet, state);
  if (state.local === false) return on;
  return { ways: [home, ...on.ways], doubt: unknownOwner };
}

/** IPv4 keeps 127.0.0.0/8 on `lo`, unless route_localnet is set (__mkroute_output, ip_route_input_slow). */
const LOOPBACK_ABROAD: Doubt = {
  kind: 'doubt',
  missing: [],
  why: 'whether the host lets loopback addresses onto its networks (route_localnet) is not known',
};

const KEPT_AT_HOME: Onward = {
  kind: 'end',
  outcome: 'drop',
  because: 'Packets with a loopback address do not cross an interface other than lo.',
};

function isLoopback4({ version }: Packet, address: Known): boolean {
  return version === 4 && address.kind === 'number' && isLoopback(4, address.value);
}

/** The next hook of a packet that got through one (the figure "Netfilter packet flow" of nft(8), section Hooks). */
export function afterHook(host: HostContext, packet: Packet, state: PacketState): Onwards {
  switch (state.hook) {
    case 'output':
      return afterOutput(host, packet, state);
    case 'forward':
      return one(to('postrouting', state));
    case 'postrouting':
      return one(to('egress', state, { ctStatus: confirmed(state) }));
    case 'egress':
      return packet.direction === 'out' && state.oifname.kind === 'name' && state.oifname.name === 'lo'
        ? one(to('ingress', state, { looped: true, iifname: name('lo'), oifname: NO_INTERFACE }))
        : ACCEPTED;
    case 'ingress':
      return one(to('prerouting', state));
    case 'prerouting':
      return afterPrerouting(host, packet, state);
    case 'input':
      return ACCEPTED;
  }
}

function confirmed({ tracking, ctStatus }: PacketState): bigint {
  return tracking === 'new' ? ctStatus | CT_STATUS.confirmed : ctStatus;
}

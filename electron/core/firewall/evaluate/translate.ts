import { formatRange } from '../address.ts';
import { PROTOCOL } from '../fields.ts';
import type { HostContext } from '../host.ts';
import type { Interval } from '../interval.ts';
import type { NatTarget, Statement } from '../model.ts';
import type { Packet } from '../packet.ts';
import { addressOf, isOwn } from './host-address.ts';
import { type Known, number, oneOf } from './known.ts';
import { CT_STATUS, changed, type PacketState } from './state.ts';

type NatType = (Statement & { kind: 'nat' })['type'];

const PORTS: readonly bigint[] = [PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.dccp, PROTOCOL.sctp, PROTOCOL.udplite];

function anyOf([low, high]: Interval, what: string): Known {
  return oneOf([[low, high]], [], `the kernel picks one of several ${what} to translate to`);
}

function redirectAddress(host: HostContext, packet: Packet, state: PacketState): Known {
  if (state.hook === 'output') return number(packet.version === 4 ? 0x7f00_0001n : 1n);
  const { iifname } = state;
  const arrival = iifname.kind === 'name' ? host.interfaces?.find(({ name }) => name === iifname.name) : null;
  const first = arrival?.addresses.find(({ version }) => version === 4);
  // nf_nat_redirect.c takes the first address of the interface for IPv4, and one of the right scope for IPv6.
  if (packet.version === 4 && first) return number(first.value);
  return addressOf(host, packet.version, iifname, state.daddr);
}

/** Two values that are not known are not the same because both are not known. */
function isSame(a: Known, b: Known): boolean {
  return a === b || (a.kind === 'number' && b.kind === 'number' && a.value === b.value);
}

/** Whether a change was one: for an address that is not known for certain that cannot be told. */
function bits(
  flag: bigint,
  changes: readonly (readonly [before: Known, after: Known])[],
): {
  ctStatus: bigint;
  ctStatusDoubt: bigint;
} {
  const certain = changes.some(
    ([before, after]) => before.kind === 'number' && after.kind === 'number' && before.value !== after.value,
  );
  const moved = changes.some(([before, after]) => !isSame(before, after));
  return { ctStatus: certain ? flag : 0n, ctStatusDoubt: moved && !certain ? flag : 0n };
}

function newPort(packet: Packet, target: NatTarget, old: Known): Known {
  return target.port && PORTS.includes(packet.l4proto) ? anyOf(target.port, 'ports') : old;
}

function translateDestination(
  host: HostContext,
  packet: Packet,
  state: PacketState,
  type: 'dnat' | 'redirect',
  target: NatTarget,
): PacketState {
  const daddr =
    type === 'redirect'
      ? redirectAddress(host, packet, state)
      : target.address
        ? anyOf(target.address, 'addresses')
        : state.daddr;
  const dport = newPort(packet, target, state.dport);
  const moved = !isSame(daddr, state.daddr);
  const { ctStatus, ctStatusDoubt } = bits(CT_STATUS.destinationNat, [
    [state.daddr, daddr],
    [state.dport, dport],
  ]);
  const local =
    type === 'redirect'
      ? true
      : !moved
        ? state.local
        : daddr.kind === 'number'
          ? isOwn(host, packet.version, daddr.value)
          : null;
  return changed(state, {
    daddr,
    dport,
    local,
    rerouted: state.rerouted || moved,
    destinationNat: true,
    ctStatus: state.ctStatus | CT_STATUS.destinationNatDone | ctStatus,
    ctStatusDoubt: state.ctStatusDoubt | ctStatusDoubt,
  });
}

function translateSource(
  host: HostContext,
  packet: Packet,
  state: PacketState,
  type: 'snat' | 'masquerade',
  target: NatTarget,
): PacketState {
  const saddr =
    type === 'masquerade'
      ? addressOf(host, packet.version, state.oifname, state.daddr)
      : target.address
        ? anyOf(target.address, 'addresses')
        : state.saddr;
  const sport = newPort(packet, target, state.sport);
  const { ctStatus, ctStatusDoubt } = bits(CT_STATUS.sourceNat, [
    [state.saddr, saddr],
    [state.sport, sport],
  ]);
  return changed(state, {
    saddr,
    sport,
    sourceNat: true,
    ctStatus: state.ctStatus | CT_STATUS.sourceNatDone | ctStatus,
    ctStatusDoubt: state.ctStatusDoubt | ctStatusDoubt,
  });
}

/** The packet after the mapping that a nat rule sets up (nf_nat_setup_info, nf_nat_redirect.c, nf_nat_masquerade.c). */
export function translate(
  host: HostContext,
  packet: Packet,
  state: PacketState,
  type: NatType,
  target: NatTarget,
): PacketState {
  return type === 'dnat' || type === 'redirect'
    ? translateDestination(host, packet, state, type, target)
    : translateSource(host, packet, state, type, target);
}

/** `dnat to 172.17.0.2:80`, for the path of a packet. */
export function natText(version: 4 | 6, type: NatType, { address, port }: NatTarget): string {
  const to = address ? formatRange(version, address) : '';
  const ports = port ? `:${port[0] === port[1] ? port[0] : `${port[0]}-${port[1]}`}` : '';
  const shown = to && ports && version === 6 ? `[${to}]${ports}` : `${to}${ports}`;
  return shown ? `${type} to ${shown}` : type;
}

import { PROTOCOL } from '../fields.ts';
import type { Hook, Ruleset } from '../model.ts';
import type { Packet } from '../packet.ts';
import { tracksConnections } from './connections.ts';
import { both, type Doubt } from './known.ts';
import { CT_STATUS, changed, type PacketState, type Tracking } from './state.ts';

/** Requests that may begin a connection: echo, timestamp, information, address mask (nf_conntrack_proto_icmp.c). */
const BEGINS_4 = [8n, 13n, 15n, 17n];
/** Echo request and node information query (nf_conntrack_proto_icmpv6.c). */
const BEGINS_6 = [128n, 139n];
/** Neighbour discovery and multicast listener discovery are never tracked (noct_valid_new there). */
const UNTRACKED_6 = [130n, 131n, 132n, 133n, 134n, 135n, 136n, 143n];

function ofIcmp(version: 4 | 6, type: bigint): Tracking {
  if (version === 4) return BEGINS_4.includes(type) ? 'new' : 'invalid';
  if (UNTRACKED_6.includes(type)) return 'untracked';
  return BEGINS_6.includes(type) ? 'new' : 'invalid';
}

/** What connection tracking makes of the packet: one answer, or several when its ICMP type is not given. */
function trackings(packet: Packet): readonly Tracking[] {
  const ways = ofFirst(packet);
  return packet.connection === 'ofAnother' ? ways.map((one) => (one === 'new' ? 'established' : one)) : ways;
}

function ofFirst({ version, l4proto, icmpType }: Packet): readonly Tracking[] {
  // ICMP of the other family begins nothing (nf_conntrack_icmp_packet, nf_conntrack_icmpv6_packet).
  if (l4proto === (version === 4 ? PROTOCOL.icmpv6 : PROTOCOL.icmp)) return ['invalid'];
  if (l4proto !== (version === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6)) return ['new'];
  if (icmpType !== undefined) return [ofIcmp(version, icmpType)];
  return version === 4 ? ['new', 'invalid'] : ['new', 'invalid', 'untracked'];
}

/** All that connection tracking may make of a packet under a rule set, and why that cannot be told when there are several. */
export function trackingsUnder(
  ruleset: Ruleset,
  packet: Packet,
  hasZone: boolean,
): { readonly ways: readonly Tracking[]; readonly doubt: Doubt } {
  const tracks = tracksConnections(ruleset, packet.version);
  const ways = tracks === false ? (['off'] as const) : trackings(packet);
  if (hasZone && packet.connection !== undefined)
    return { ways: [...new Set([...ways, 'new' as const])], doubt: OF_WHICH_ZONE };
  if (tracks !== null) return { ways, doubt: ICMP_TYPE_MISSING };
  return { ways: ['off', ...ways], doubt: ways.length > 1 ? both(ICMP_TYPE_MISSING, NOT_SURE) : NOT_SURE };
}

const OF_WHICH_ZONE: Doubt = {
  kind: 'doubt',
  missing: [],
  why: 'whether the other account has opened its connection in the same zone is not known',
};

const ICMP_TYPE_MISSING: Doubt = {
  kind: 'doubt',
  missing: ['icmpType'],
  why: "the packet's icmpType is not given",
};

const NOT_SURE: Doubt = {
  kind: 'doubt',
  missing: [],
  why: 'whether a rule that is not modelled makes the kernel track connections is not known',
};

/** Whether connection tracking still has to look at the packet at this hook. */
export function awaitsTracking(state: PacketState): boolean {
  return (
    (state.tracking === 'none' || state.tracking === 'template') &&
    (state.hook === 'prerouting' || state.hook === 'output')
  );
}

/** Which half of NAT belongs to a hook; the others have none. */
const HALF: Readonly<Partial<Record<Hook, 'destinationNat' | 'sourceNat'>>> = {
  prerouting: 'destinationNat',
  output: 'destinationNat',
  input: 'sourceNat',
  postrouting: 'sourceNat',
};

/** Whether chains of type nat see the packet: only one with a new connection for which this half is not settled yet. */
export function meetsNat(state: PacketState): boolean {
  const half = HALF[state.hook];
  return half !== undefined && state.tracking === 'new' && !state[half];
}

/** NAT without a rule that translates is settled all the same (nf_nat_alloc_null_binding). */
export function settleNat(state: PacketState, translates: boolean): PacketState {
  const half = HALF[state.hook];
  if (half === undefined || !meetsNat(state)) return state;
  const done = half === 'destinationNat' ? CT_STATUS.destinationNatDone : CT_STATUS.sourceNatDone;
  return changed(state, { [half]: true, ctStatus: state.ctStatus | (translates ? done : 0n) });
}

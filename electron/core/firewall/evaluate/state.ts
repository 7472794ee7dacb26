import type { Hook } from '../model.ts';
import { type Known, knownKey } from './known.ts';

/**
 * What connection tracking made of the packet so far (`skb->_nfct`): nothing yet, a template of what is still to be
 * found (a rule gave it a zone), a new connection, one that
 * another account has opened, an invalid packet without
 * one, untracked because a rule or the protocol wanted it, or nothing because no rule switches tracking on.
 */
export type Tracking = 'none' | 'template' | 'new' | 'established' | 'invalid' | 'untracked' | 'off';

/** All that can change while a packet is on its way. Never changed in place. */
export interface PacketState {
  readonly hook: Hook;
  /** It went out by `lo` and is now on its way in. */
  readonly looped: boolean;
  readonly saddr: Known;
  readonly daddr: Known;
  readonly sport: Known;
  readonly dport: Known;
  /** Whether `daddr` is the host's own; null when that is not known. */
  readonly local: boolean | null;
  /** Whether a rule changed the destination at this hook, so that the kernel has to find the way again. */
  readonly rerouted: boolean;
  /** By which it came; the empty name for a packet that is made here. */
  readonly iifname: Known;
  /** By which it goes, as the present hook sees it. */
  readonly oifname: Known;
  readonly mark: bigint;
  readonly ctMark: bigint;
  /** Whether another packet of its connection may change `ctMark` at any moment. */
  readonly ctMarkShared: boolean;
  readonly tracking: Tracking;
  /** NAT of the connection is settled, with a mapping or without (nf_nat_initialized). */
  readonly destinationNat: boolean;
  readonly sourceNat: boolean;
  /** Bits of IPS_* (linux/netfilter/nf_conntrack_common.h). */
  readonly ctStatus: bigint;
  /** Bits of `ctStatus` that may be set as well: a translation whose new address is not known, or what befell another packet. */
  readonly ctStatusDoubt: bigint;
  /** Equal for equal states. */
  readonly key: string;
}

/** Why the mark of a connection is not known. */
export const CT_MARK_SHARED =
  'a copy of the packet for the host itself, or a message about it, may have changed the mark of the connection';

/** Whether the packet has a connection. */
export function isConnected({ tracking }: Pick<PacketState, 'tracking'>): boolean {
  return tracking === 'new' || tracking === 'established';
}

/** IPS_SRC_NAT, IPS_DST_NAT and their DONE bits, IPS_CONFIRMED. */
export const CT_STATUS = {
  confirmed: 0x8n,
  sourceNat: 0x10n,
  destinationNat: 0x20n,
  sourceNatDone: 0x80n,
  destinationNatDone: 0x100n,
} as const;

function keyOf(state: Omit<PacketState, 'key'>): string {
  const fields = [state.saddr, state.daddr, state.sport, state.dport, state.iifname, state.oifname];
  const rest = [
    state.hook,
    state.looped,
    state.local,
    state.rerouted,
    state.mark,
    state.ctMark,
    state.ctMarkShared,
    state.tracking,
    state.destinationNat,
    state.sourceNat,
    state.ctStatus,
    state.ctStatusDoubt,
  ];
  return `${fields.map(knownKey).join('|')}|${rest.join('|')}`;
}

/** A state with its key. */
export function stateOf(parts: Omit<PacketState, 'key'>): PacketState {
  return { ...parts, key: keyOf(parts) };
}

/** The state with some parts changed. */
export function changed(state: PacketState, parts: Partial<Omit<PacketState, 'key'>>): PacketState {
  return stateOf({ ...state, ...parts });
}

import type { NameField, NumberField } from './fields.ts';

/**
 * The first packet of a new connection, with mark 0. A field that is left out is not known: when the verdict depends on it the
 * answer is unknown and names it. Not known is not the same as absent: an outgoing packet has the empty `iifname`.
 *
 * - `out`: made on this host. Without `oifname` it leaves by some interface that is not `lo`, unless `daddr` is known to be
 *   one of the host's own (or `saddr`); its source is one of the host's own addresses.
 * - `in`: comes in for one of the host's own addresses, by an interface that is not `lo`; address translation may send
 *   it on to another machine or container.
 * - `forward`: comes in for another machine.
 */
export interface Packet {
  readonly direction: 'out' | 'in' | 'forward';
  readonly version: 4 | 6;
  readonly l4proto: bigint;
  readonly daddr: bigint;
  readonly saddr?: bigint | undefined;
  readonly sport?: bigint | undefined;
  readonly dport?: bigint | undefined;
  readonly icmpType?: bigint | undefined;
  readonly icmpCode?: bigint | undefined;
  readonly skuid?: bigint | undefined;
  readonly skgid?: bigint | undefined;
  readonly iifname?: string | undefined;
  readonly oifname?: string | undefined;
  /** In a connection that another account of this host has opened, and that was answered. Without it: the first packet of a new one. */
  readonly connection?: 'ofAnother' | undefined;
}

/** One thing that happened to a packet on its way. */
export interface PathStep {
  /** `inet filter output` and the hook it is at. */
  readonly table: string;
  readonly chain: string;
  readonly hook: string;
  /** The rule as its program writes it; null for a policy. */
  readonly rule: string | null;
  readonly ruleId: number | null;
  readonly handle: number | null;
  /** What it did: `accept`, `drop`, `jump docker`, `policy accept`, `mark 0x1`, `dnat to 172.17.0.2:80`, `cannot tell`. */
  readonly outcome: string;
}

export interface PacketVerdict {
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  readonly path: readonly PathStep[];
  /** One sentence: which rule decided, or what is missing or not modelled. */
  readonly reason: string;
  /** Fields of the packet that would have been needed. */
  readonly missing: readonly (NumberField | NameField)[];
}

import type { Field, NameField, NumberField } from './fields.ts';
import type { Interval, IntervalSet } from './interval.ts';

/**
 * A rule set as the kernel evaluates it, whichever program wrote it. It follows nft(8), iptables-extensions(8) and the
 * kernel's net/netfilter (nf_tables_core.c, nft_*.c, xt_*.c), with these habits of the kernel kept:
 *
 * - Statements of a rule run in order. One that cannot be answered for a packet (a port of a packet without ports, a uid
 *   without a socket) ends the rule as "does not match", also under `!=`. So a reader writes each silent dependency (`tcp
 *   dport` asks for TCP first, `ip daddr` for IPv4) as a match of its own in front, and negates only the last one.
 * - `accept` ends the base chain, not the journey: base chains of the same hook with a higher priority still see the packet.
 *   `drop` and `reject` end the journey.
 * - The verdict `continue` goes on with the next statement of the rule, in a verdict map too; behind a jump the next rule comes.
 * - A chain that is left at its end or by `return` goes on behind the jump; a base chain then gives its policy.
 */
export interface Ruleset {
  readonly tables: readonly Table[];
  /**
   * Parts of the host's rules that were not seen, each as a phrase ("the rules of legacy iptables, IPv6"). When it is not
   * empty nothing is proven about this host, and `accept` becomes `unknown`. A `drop` or `reject` that was seen becomes
   * `unknown` as well: an unseen rule may have accepted nothing, yet it may set a mark, switch tracking off or translate an
   * address before the rule that was seen, and then that rule sees another packet. Say which part is missing.
   */
  readonly missing: readonly string[];
}

export type TableFamily = 'ip' | 'ip6' | 'inet' | 'netdev' | 'bridge' | 'arp';

/** Which listing a table was read from. */
export interface TableSource {
  readonly program: 'nft' | 'iptables' | 'ip6tables';
  /** Null for nft. */
  readonly backend: 'nf_tables' | 'legacy' | 'unknown' | null;
}

export interface Table {
  readonly source: TableSource;
  readonly family: TableFamily;
  readonly name: string;
  /** By name. A dormant table has chains, but none of them is at a hook. */
  readonly chains: ReadonlyMap<string, Chain>;
  readonly dormant: boolean;
}

export type Hook = 'ingress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'egress';

export interface Chain {
  readonly name: string;
  /** Null for a chain that is only jumped to. */
  readonly base: BaseChain | null;
  readonly rules: readonly Rule[];
}

export interface BaseChain {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  /** Chains of a hook run from low to high. iptables: raw -300, mangle -150, nat -100 or 100, filter 0, security 50. */
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** For ingress and egress: the interfaces it is bound to, null where the listing leaves them out. Null elsewhere. */
  readonly devices: readonly string[] | null;
}

export interface Rule {
  /** Unique in its rule set: table, chain and place. */
  readonly id: number;
  /** As its program writes it: a line of iptables-save, or the rule in the language of nft. */
  readonly text: string;
  /** nft's handle; null for iptables. */
  readonly handle: number | null;
  readonly statements: readonly Statement[];
}

/** Values that a field may have: numbers, of which only the bits of `mask` count, or interface names (`eth*` allowed). */
export type Values =
  | { readonly kind: 'numbers'; readonly mask: bigint | null; readonly intervals: IntervalSet }
  | { readonly kind: 'names'; readonly patterns: readonly string[] };

/** The field is one of the values. */
export interface Condition {
  readonly field: Field;
  readonly values: Values;
}

export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject' }
  | { readonly kind: 'return' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string };

/** What a mark becomes: `(mark & keep) ^ value`, or `(mark & keep) ^ (other mark & take)`. Numbers of 32 bits. */
export type MarkChange =
  | { readonly kind: 'value'; readonly keep: bigint; readonly value: bigint }
  | { readonly kind: 'copy'; readonly keep: bigint; readonly from: 'mark' | 'ctMark'; readonly take: bigint };

/** Where a packet goes instead; null keeps what it had. With several addresses or ports the kernel picks any of them. */
export interface NatTarget {
  readonly address: Interval | null;
  readonly port: Interval | null;
}

export type Statement =
  /**
   * Goes on with the rule when any of the alternatives holds (all conditions of it), or none when `negated`. A plain
   * `ip daddr 10.0.0.0/8` is one alternative with one condition; a set of concatenations has one alternative per element.
   * Alternatives may ask for different fields (`--ports` of multiport). One that asks for what the packet has not does not
   * hold, and the others still may; a negated match of which any field cannot be answered does not match.
   */
  | {
      readonly kind: 'match';
      readonly alternatives: readonly (readonly Condition[])[];
      readonly negated: boolean;
    }
  /** The verdict of the first entry whose conditions hold (`*` stands last, without conditions); without one the rule does not match. */
  | {
      readonly kind: 'verdictMap';
      readonly entries: readonly { readonly conditions: readonly Condition[]; readonly verdict: Verdict }[];
    }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'setMark'; readonly field: 'mark' | 'ctMark'; readonly change: MarkChange }
  /** A mark looked up in a map; without an entry the rule does not match. */
  | {
      readonly kind: 'mapMark';
      readonly field: 'mark' | 'ctMark';
      readonly entries: readonly { readonly conditions: readonly Condition[]; readonly value: bigint }[];
    }
  /**
   * What a route can be chosen by, besides addresses and mark, becomes something else: TOS, DSCP, hop limit, flow label. In a chain of type
   * route the way is looked up again (nft_chain_route.c, iptable_mangle.c, ip6table_mangle.c).
   */
  | { readonly kind: 'setRoute'; readonly text: string }
  /** No connection tracking for this packet: its `ctState` is untracked from here on, and no NAT is done. */
  | { readonly kind: 'notrack' }
  /**
   * A zone, helper or timeout for the connection that is still to be found: the packet has a template of one until then. Its `ctState` is new, and
   * no `notrack` behind it counts; behind a `notrack` whether it counts depends on the program (nft_ct_set_zone_eval, xt_ct_target).
   */
  | { readonly kind: 'zone' }
  /**
   * Address translation, in chains of type nat; ends the chain as accept does. Without an entry that holds the rule does not match. `redirect`
   * goes to the host itself (127.0.0.1 or ::1 for a packet that goes out, the address of the incoming interface otherwise).
   */
  | {
      readonly kind: 'nat';
      readonly type: 'dnat' | 'snat' | 'masquerade' | 'redirect';
      readonly entries: readonly { readonly conditions: readonly Condition[]; readonly target: NatTarget }[];
    }
  /**
   * Matches sometimes: a rate limit, a time of day, chance. Both ways really happen, so a packet that it lets pass can pass.
   * `whenQuiet` is the answer for a first packet when nothing else flows, where there is one.
   */
  | { readonly kind: 'may'; readonly text: string; readonly whenQuiet: boolean | null }
  /** A match that this model does not know: it may hold or not, and a verdict that depends on it is unknown. */
  | {
      readonly kind: 'unmodelled';
      readonly text: string;
      /** It holds for every packet that has no extension header of IPv6, as the packets of one question have none. */
      readonly holdsPlainly?: true;
    }
  /** Something that decides about the packet in a way that this model does not know (queue, tproxy, fwd): unknown from here. */
  | { readonly kind: 'unmodelledVerdict'; readonly text: string };

export type { Field, NameField, NumberField };

/** Why a listing could not be read into a model. The message is safe to show and says what was expected where. */
export interface ReadError {
  readonly code: 'not-json' | 'bad-shape' | 'too-large' | 'circle' | 'unknown-chain' | 'bad-line' | 'empty';
  readonly message: string;
}

/** A part of the rules that the program that wrote a listing says it did not print. */
export type LeftOut =
  /** `# Table ... is incompatible, use 'nft' tool.` */
  | { readonly kind: 'table'; readonly family: TableFamily; readonly name: string }
  /** `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them` */
  | { readonly kind: 'legacy'; readonly family: 'ip' | 'ip6' };

export type ReadResult =
  | {
      readonly ok: true;
      readonly tables: readonly Table[];
      /** What the listing itself says that it leaves out; `mergeListings` looks for it in the others. Left out: nothing. */
      readonly leavesOut?: readonly LeftOut[];
    }
  | { readonly ok: false; readonly error: ReadError };

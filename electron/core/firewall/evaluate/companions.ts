import { FIB_TYPE } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { contains } from '../interval.ts';
import type { Hook, Ruleset } from '../model.ts';
import type { Packet } from '../packet.ts';
import { foreignType, isMulticast, isOwn } from './host-address.ts';
import type { Known } from './known.ts';
import { touchesAt, translates } from './order.ts';
import { CT_STATUS, type PacketState } from './state.ts';

/**
 * A packet of the host's own that shares the connection of the one that is asked about: what rules do to the connection while the companion
 * is on its way, the packet meets too.
 *
 * - `copy`: of what goes to many, for the host itself. IPv4, broadcast and groups that the host is in: the copy goes through postrouting
 *   first, and is handed to the interface at once, so that it may come back in through prerouting and input before the packet meets
 *   postrouting (ip_mc_output, dev_loopback_xmit). IPv6, groups that the host is in: it is made behind postrouting
 *   (ip6_finish_output2), so only egress comes later. Which groups the host is in, and whether the socket wants a copy
 *   (IP_MULTICAST_LOOP), is not known: there may be one.
 * - `redirect`: the ICMP message about a packet that is sent on by the interface by which it came. It goes out, through output and
 *   postrouting, before the packet meets forward (ip_forward, ip_rt_send_redirect), and newer kernels count it as related to the
 *   packet's connection. That of IPv6 has none. Whether the host sends any (send_redirects) is not known.
 */
export type Companion = 'copy' | 'redirect';

/** The hook of the packet from which on a copy may be ahead of it. */
export const COPY_AHEAD: Readonly<Record<4 | 6, Hook>> = { 4: 'postrouting', 6: 'egress' };

/** Hooks that a companion goes through. */
const THROUGH: Readonly<Record<Companion, readonly Hook[]>> = {
  copy: ['postrouting', 'ingress', 'prerouting', 'input'],
  redirect: ['output', 'postrouting'],
};

/** What a companion can leave behind on the connection. */
export interface CompanionEffects {
  readonly ctMark: boolean;
  /** Rules may have translated its source, and so that of the packet. */
  readonly source: boolean;
  /** Bits of `ct status` that it may have set. */
  readonly ctStatus: bigint;
}

const cache = new WeakMap<Ruleset, Map<string, CompanionEffects>>();

/** What the rules of a host can make a companion do to the connection that it shares with the packet. */
export function companionEffects(ruleset: Ruleset, version: 4 | 6, companion: Companion): CompanionEffects {
  const known = cache.get(ruleset) ?? new Map<string, CompanionEffects>();
  cache.set(ruleset, known);
  let effects = known.get(`${companion}${version}`);
  if (effects === undefined) {
    const touches = THROUGH[companion].flatMap((hook) => touchesAt(ruleset, hook, version));
    const ctMark = touches.some(({ changes, isUnknown }) => changes.has('ctMark') || isUnknown);
    const source = touchesAt(ruleset, 'postrouting', version).some(({ changes }) => changes.has('address'));
    const done = translates(ruleset, version) ? CT_STATUS.sourceNatDone : 0n;
    const ctStatus = CT_STATUS.confirmed | done | (source ? CT_STATUS.sourceNat : 0n);
    // A message about the packet neither confirms its connection nor settles its translation (__nf_conntrack_confirm, nf_nat_ipv4_fn).
    effects = companion === 'copy' ? { ctMark, source, ctStatus } : { ctMark, source: false, ctStatus: 0n };
    known.set(`${companion}${version}`, effects);
  }
  return effects;
}

/** Which companion may be ahead of a packet at the hook that it is at; null for none. */
export function companionOf(
  host: HostContext,
  { direction, version }: Packet,
  { hook, iifname, oifname, daddr }: PacketState,
): Companion | null {
  if (direction !== 'out') {
    const isSentOn = version === 4 && (hook === 'forward' || hook === 'postrouting');
    return isSentOn && mayBeSame(iifname, oifname) ? 'redirect' : null;
  }
  const leaves = hook === COPY_AHEAD[version] && !(oifname.kind === 'name' && oifname.name === 'lo');
  return leaves && mayGoToMany(host, version, daddr) ? 'copy' : null;
}

function mayBeSame(a: Known, b: Known): boolean {
  if (a.kind === 'name' && b.kind === 'name') return a.name === b.name;
  if (a.kind === 'doubt' && b.kind === 'name') return !a.never.includes(b.name);
  if (a.kind === 'name' && b.kind === 'doubt') return !b.never.includes(a.name);
  return true;
}

/** Whether a packet to an address may go to many, so that the host may get a copy. */
function mayGoToMany(host: HostContext, version: 4 | 6, daddr: Known): boolean {
  if (daddr.kind !== 'number') return true;
  if (version === 6 || isMulticast(4, daddr.value)) return isMulticast(version, daddr.value);
  if (isOwn(host, 4, daddr.value)) return false;
  const type = foreignType(host, 4, daddr.value);
  if (type.kind === 'number') return type.value === FIB_TYPE.broadcast;
  return type.kind !== 'doubt' || type.possible === null || contains(type.possible, FIB_TYPE.broadcast);
}

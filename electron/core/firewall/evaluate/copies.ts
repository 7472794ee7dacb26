import { FIB_TYPE } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { contains } from '../interval.ts';
import type { Hook, Ruleset } from '../model.ts';
import { foreignType, isMulticast, isOwn } from './host-address.ts';
import type { Known } from './known.ts';
import { touchesAt, translates } from './order.ts';
import { CT_STATUS } from './state.ts';

/**
 * Of a packet to many the kernel makes a copy for the host itself. Both share one connection, and what rules do to that while the copy
 * is on its way the packet meets too:
 *
 * - IPv4, broadcast and groups that the host is in: the copy goes through postrouting first, and is handed to the interface at once, so
 *   that it may come back in through prerouting and input before the packet itself meets postrouting (ip_mc_output, dev_loopback_xmit).
 * - IPv6, groups that the host is in: the copy is made behind postrouting (ip6_finish_output2), so only egress comes later.
 *
 * Which groups the host is in, and whether the socket wants a copy (IP_MULTICAST_LOOP), is not known: there may be one.
 */
export const COPY_AHEAD: Readonly<Record<4 | 6, Hook>> = { 4: 'postrouting', 6: 'egress' };

/** Hooks that a copy goes through. */
const OF_COPY: readonly Hook[] = ['postrouting', 'ingress', 'prerouting', 'input'];

/** What a copy can leave behind on the connection. */
export interface CopyEffects {
  readonly ctMark: boolean;
  /** Rules may have translated its source, and so that of the packet. */
  readonly source: boolean;
  /** Bits of `ct status` that it may have set. */
  readonly ctStatus: bigint;
}

const cache = new WeakMap<Ruleset, Map<4 | 6, CopyEffects>>();

/** What the rules of a host can make a copy do to the connection that it shares with the packet. */
export function copyEffects(ruleset: Ruleset, version: 4 | 6): CopyEffects {
  const byVersion = cache.get(ruleset) ?? new Map<4 | 6, CopyEffects>();
  cache.set(ruleset, byVersion);
  let effects = byVersion.get(version);
  if (effects === undefined) {
    const touches = OF_COPY.flatMap((hook) => touchesAt(ruleset, hook, version));
    const source = touchesAt(ruleset, 'postrouting', version).some(({ changes }) => changes.has('address'));
    const done = translates(ruleset, version) ? CT_STATUS.sourceNatDone : 0n;
    effects = {
      ctMark: touches.some(({ changes, isUnknown }) => changes.has('ctMark') || isUnknown),
      source,
      ctStatus: CT_STATUS.confirmed | done | (source ? CT_STATUS.sourceNat : 0n),
    };
    byVersion.set(version, effects);
  }
  return effects;
}

/** Whether a packet to an address may go to many, so that the host may get a copy. */
export function mayGoToMany(host: HostContext, version: 4 | 6, daddr: Known): boolean {
  if (daddr.kind !== 'number') return true;
  if (version === 6 || isMulticast(4, daddr.value)) return isMulticast(version, daddr.value);
  if (isOwn(host, 4, daddr.value)) return false;
  const type = foreignType(host, 4, daddr.value);
  if (type.kind === 'number') return type.value === FIB_TYPE.broadcast;
  return type.kind !== 'doubt' || type.possible === null || contains(type.possible, FIB_TYPE.broadcast);
}

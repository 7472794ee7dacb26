import type { HostContext } from '../../host.ts';
import { UNKNOWN_HOST } from '../../host.ts';
import type { Rule, Ruleset } from '../../model.ts';
import type { Packet, PacketVerdict } from '../../packet.ts';
import { evaluatePacket } from '../evaluate.ts';
import { base, chain, ruleset, table } from './models.ts';

/** 10.9.0.1, the address of HOME on eth0. */
export const ONE = 0x0a09_0001n;

/** A host with one network card, a second one for containers, and a way to the internet. */
export const HOME: HostContext = {
  interfaces: [
    { name: 'lo', addresses: [{ version: 4, value: 0x7f00_0001n, prefix: 8 }] },
    { name: 'eth0', addresses: [{ version: 4, value: ONE, prefix: 24 }] },
    { name: 'docker0', addresses: [{ version: 4, value: 0xac11_0001n, prefix: 16 }] },
  ],
  routes: [{ version: 4, value: 0n, prefix: 0, oifname: 'eth0' }],
  forwarding: { 4: true, 6: false },
};

/** A datagram of uid 1001 to port 53 of 10.9.0.2. */
export const out: Packet = {
  direction: 'out',
  version: 4,
  l4proto: 17n,
  saddr: ONE,
  daddr: 0x0a09_0002n,
  sport: 4000n,
  dport: 53n,
  skuid: 1001n,
  skgid: 1001n,
  oifname: 'eth0',
};

/** The verdict about `out` with some changes, on a host that is not known. */
export function judge(rules: Ruleset, changes: Partial<Packet> = {}, host = UNKNOWN_HOST): PacketVerdict {
  return evaluatePacket(rules, host, { ...out, ...changes });
}

/** One chain at output. */
export function inFilter(rules: readonly Rule[], policy: 'accept' | 'drop' = 'accept'): Ruleset {
  return ruleset(table('inet', 'filter', [chain('output', base('output', { policy }), rules)]));
}

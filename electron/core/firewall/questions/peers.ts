import { prefixInterval } from '../address.ts';
import { domain, PROTOCOL } from '../fields.ts';
import { type Interval, type IntervalSet, normalize, single, subtract, union } from '../interval.ts';
import { ownAddresses, type Space } from '../prove/space.ts';
import { type Answer, ask, judge, type Rules } from './ask.ts';
import { homesOf, type Peer } from './must-pass.ts';
import { packetOut, type Sender } from './outbound.ts';

const LOOPBACK: Readonly<Record<4 | 6, IntervalSet>> = {
  4: [prefixInterval(4, 127n << 24n, 8)],
  6: [[1n, 1n]],
};

/** An address that is nobody's peer, for a home that has no other. */
const STRANGER: Readonly<Record<4 | 6, bigint>> = { 4: 0xc0a8_0063n, 6: (0xfe80n << 112n) + 0x99n };

/**
 * Can the sender open a connection to this port on any machine but the listed ones? Packets to the host itself do not count, nor do
 * those that leave by `lo`.
 */
export function askStrangers(
  rules: Rules,
  version: 4 | 6,
  sender: Sender,
  port: number,
  peers: readonly Peer[],
): Answer {
  const { host } = rules;
  const listed = normalize(
    peers.filter((peer) => peer.version === version).map(({ value }): Interval => [value, value]),
  );
  const own = union(LOOPBACK[version], ownAddresses(host, version));
  const daddr = subtract(domain('daddr', version), union(listed, own));
  const space: Space = {
    direction: 'out',
    version,
    fields: { skuid: sender.uids, daddr, l4proto: single(PROTOCOL.tcp), dport: single(port) },
    exceptInterfaces: ['lo'],
  };
  const home = homesOf(host).find((one) => one.version === version);
  const isListed = (value: bigint) => peers.some((peer) => peer.version === version && peer.value === value);
  const stranger = home !== undefined && !isListed(home.neighbour) ? home.neighbour : STRANGER[version];
  const sample = packetOut(host, sender, {
    version,
    daddr: stranger,
    l4proto: PROTOCOL.tcp,
    dport: BigInt(port),
    oifname: home?.name,
  });
  // A machine of the home says more than one on the internet, which is the business of another question.
  const judged = judge(rules, sample);
  if (judged.verdict.verdict === 'accept') return { kind: 'open', judged };
  return ask(rules, space, sample, { uid: sender.uid });
}

import { formatAddress } from '#core/firewall/address.ts';
import type { Packet, PacketVerdict, PathStep } from '#core/firewall/packet.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { packetWords, protocolName, wayOf } from '#core/firewall/questions/words.ts';
import { visible } from '#shared/domain/text.ts';
import type { Paint } from '../terminal.ts';

const COLOURS = { accept: 'red', drop: 'green', reject: 'green', unknown: 'blue' } as const;

/** Labels of both ends of a packet's way. */
function ends(packet: Packet, name: string | null): { from: string; to: string } {
  const user = packet.skuid === undefined ? 'a program here' : `uid ${packet.skuid}`;
  if (packet.direction === 'out') return { from: name === null ? user : `${name}, ${user}`, to: 'internet' };
  const from = packet.saddr === undefined ? 'outside' : formatAddress(packet.version, packet.saddr);
  return { from, to: packet.direction === 'in' ? 'this host' : formatAddress(packet.version, packet.daddr) };
}

/** The way of a packet on one line: `mycoswarm, uid 1001 → ip6 filter OUTPUT: 0 rules, policy accept → eth0 → internet`. */
export function wayLine(rules: Rules, packet: Packet, verdict: PacketVerdict, name: string | null): string {
  const stops = wayOf(rules.ruleset, packet, verdict, ends(packet, name));
  const end = { accept: '', drop: ' (dropped)', reject: ' (rejected)', unknown: ' (unknown)' }[
    verdict.verdict
  ];
  return visible(`${stops.map(({ label }) => label).join(' → ')}${end}`);
}

function stepLine(step: PathStep): string {
  const place = `${step.table} ${step.chain} (${step.hook})`;
  return visible(`    ${place}: ${step.rule === null ? '' : `${step.rule} → `}${step.outcome}`);
}

/** A packet, what becomes of it and why, on several lines. */
export function explained(
  rules: Rules,
  packet: Packet,
  verdict: PacketVerdict,
  name: string | null,
  paint: Paint,
): string {
  const face = packet.direction === 'out' ? packet.oifname : packet.iifname;
  const by = face === undefined ? '' : ` ${packet.direction === 'out' ? 'through' : 'by'} ${face}`;
  return [
    `${paint(COLOURS[verdict.verdict], verdict.verdict.padEnd(7))}  ${visible(packetWords(packet) + by)}`,
    `    ${wayLine(rules, packet, verdict, name)}`,
    ...verdict.path.map(stepLine),
    paint('dim', `    ${visible(verdict.reason)}`),
    '',
  ].join('\n');
}

/** A packet as `--packets` reads it. */
export function packetJson(packet: Packet): Record<string, unknown> {
  const number = (value: bigint | undefined) => (value === undefined ? undefined : Number(value));
  return {
    direction: packet.direction,
    uid: number(packet.skuid),
    gid: number(packet.skgid),
    from: packet.saddr === undefined ? undefined : formatAddress(packet.version, packet.saddr),
    to: formatAddress(packet.version, packet.daddr),
    proto: /^protocol/.test(protocolName(packet.l4proto))
      ? Number(packet.l4proto)
      : protocolName(packet.l4proto),
    port: number(packet.dport),
    sport: number(packet.sport),
    icmpType: number(packet.icmpType),
    icmpCode: number(packet.icmpCode),
    dev: packet.direction === 'out' ? packet.oifname : packet.iifname,
    ...(packet.direction === 'forward' && { out: packet.oifname }),
  };
}

import { formatAddress } from '#core/firewall/address.ts';
import type { Packet, PacketVerdict, PathStep } from '#core/firewall/packet.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { packetWords, protocolName, wayOf } from '#core/firewall/questions/words.ts';
import { visible } from '#shared/domain/text.ts';
import type { Paint } from '../terminal.ts';
import { destinationWords } from './destination.ts';

const COLOURS = { accept: 'red', drop: 'green', reject: 'green', unknown: 'blue' } as const;

/** Labels of both ends of a packet's way. */
function ends(
  rules: Rules,
  packet: Packet,
  verdict: PacketVerdict,
  name: string | null,
): { from: string; to: string } {
  const user = packet.skuid === undefined ? 'a program here' : `uid ${packet.skuid}`;
  if (packet.direction === 'out')
    return {
      from: name === null ? user : `${name}, ${user}`,
      to: destinationWords(rules.host, packet, verdict),
    };
  const from = packet.saddr === undefined ? 'outside' : formatAddress(packet.version, packet.saddr);
  return {
    from,
    to: packet.direction === 'in' ? 'this machine' : formatAddress(packet.version, packet.daddr),
  };
}

/** The way of a packet on one line: `mycoswarm, uid 1001 → ip6 filter OUTPUT: 0 rules, policy accept → eth0 → internet`. */
export function wayLine(rules: Rules, packet: Packet, verdict: PacketVerdict, name: string | null): string {
  const stops = wayOf(rules.ruleset, packet, verdict, ends(rules, packet, verdict, name));
  const end = { accept: '', drop: ' (dropped)', reject: ' (rejected)', unknown: ' (unknown)' }[
    verdict.verdict
  ];
  return visible(`${stops.map(({ label }) => label).join(' → ')}${end}`);
}

function stepLine(step: PathStep): string {
  const place = `${step.table} ${step.chain} (${step.hook})`;
  return visible(`    ${place}: ${step.rule === null ? '' : `${step.rule} → `}${step.outcome}`);
}

const FIELDS: Readonly<Partial<Record<string, string>>> = {
  skuid: 'who sends is not given (give --uid)',
  skgid: 'the group of who sends is not given (give --gid)',
  saddr: 'the source is not given (give --from)',
  sport: 'the source port is not given (give --sport)',
  dport: 'the port is not given (give --port)',
  icmpType: 'the type of ICMP is not given (give --icmp-type)',
  oifname: 'the interface is not given (give --dev)',
  iifname: 'the interface is not given (give --dev)',
};

/** A reason in the words of the command line: what is not given is named as one gives it. */
export function plainReason(reason: string): string {
  return reason.replace(/the packet's (\w+) is not given/g, (text, field: string) => FIELDS[field] ?? text);
}

/** What is assumed about a family of which no listing was given; null when nothing is. */
export function assumption(notListed: 4 | 6 | null, version: 4 | 6): string | null {
  return notListed === version ? `no IPv${version} listing was given` : null;
}

/** The same for a person, with what helps. */
export function assumptionWords(version: 4 | 6, assumed: string): string {
  return `as far as these listings go: ${assumed} (add --ruleset ip${version === 6 ? '6' : ''}:FILE)`;
}

/**
 * A packet, what becomes of it and why, on several lines.
 * @param assumed what the verdict takes for granted, where it does
 */
export function explained(
  rules: Rules,
  packet: Packet,
  verdict: PacketVerdict,
  { name, assumed }: { name: string | null; assumed: string | null },
  paint: Paint,
): string {
  const face = packet.direction === 'out' ? packet.oifname : packet.iifname;
  const by = face === undefined ? '' : ` ${packet.direction === 'out' ? 'through' : 'by'} ${face}`;
  const sure = assumed === null ? '' : `, ${assumptionWords(packet.version, assumed)}`;
  return [
    `${paint(COLOURS[verdict.verdict], verdict.verdict.padEnd(7))}  ${visible(packetWords(packet) + by)}${sure}`,
    `    ${wayLine(rules, packet, verdict, name)}`,
    ...verdict.path.map(stepLine),
    paint('dim', `    ${visible(plainReason(verdict.reason))}`),
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
    ...(packet.connection !== undefined && { connection: 'opened by another account' }),
  };
}

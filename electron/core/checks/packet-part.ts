import type { Ruleset } from '#core/firewall/model.ts';
import type { Judged } from '#core/firewall/questions/ask.ts';
import { packetWords, wayOf } from '#core/firewall/questions/words.ts';
import type { Finding, PacketEvidence, RawListing } from '#shared/domain/finding.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import type { Part } from './part.ts';

/** A part that was found by asking the rules about a packet. */
export interface PacketPart extends Part {
  packet?: PacketEvidence;
}

/** A packet with its way; `withPackets` makes it fit to show. */
export function packetEvidence(
  ruleset: Ruleset,
  { packet, verdict }: Judged,
  outcome: PacketEvidence['outcome'],
  because: string,
  ends: { from: string; to: string },
): PacketEvidence {
  return {
    outcome,
    packet: packetWords(packet),
    because,
    way: wayOf(ruleset, packet, verdict, ends),
  };
}

/** Bounded, and without anything that does not show, whatever rules, units and interfaces are called. */
function readable({ outcome, packet, because, way }: PacketEvidence): PacketEvidence {
  return {
    outcome,
    packet: shortened(visible(packet), 512),
    because: shortened(visible(because), 1_024),
    way: way.map(({ label, state }) => ({ label: shortened(visible(label), 256), state })),
  };
}

const ORDER: readonly PacketEvidence['outcome'][] = [
  'open',
  'unknown',
  'stopped',
  'too-strict',
  'not-kept',
  'passes',
];

/** The finding with its packets, the counter-example first, and the rule sets behind them. */
export function withPackets(
  finding: Finding,
  parts: readonly PacketPart[],
  listings: readonly RawListing[],
): Finding {
  const all = parts.flatMap((part) => part.packet ?? []);
  // What stays within reach is worth a row only where nothing has to be said against the rules.
  const isFine = all.every(({ outcome }) => outcome === 'passes' || outcome === 'stopped');
  const packets = all
    .filter(({ outcome }) => isFine || outcome !== 'passes')
    .toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))
    .slice(0, 64)
    .map(readable);
  if (packets.length === 0 && listings.length === 0) return finding;
  return {
    ...finding,
    packets,
    listings: listings
      .slice(0, 8)
      .map((listing) => ({ ...listing, title: shortened(visible(listing.title), 256) })),
  };
}

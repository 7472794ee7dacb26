import type { Statement } from '../model.ts';
import { readAddrtype, readIprange, readPkttype } from './matches/addresses.ts';
import { readConntrack } from './matches/conntrack.ts';
import { readIcmp } from './matches/icmp.ts';
import { readLimit } from './matches/limits.ts';
import { readMark } from './matches/marks.ts';
import { readOwner } from './matches/owner.ts';
import { readMultiport, readPorts } from './matches/ports.ts';
import { type Extension, extensionText, type MatchReader, type RuleContext } from './rule-syntax.ts';

/**
 * Extension headers of IPv6: without the header none of these matches, inverted or not (ip6t_rt.c, ip6t_frag.c, ip6t_hbh.c). Packets
 * hardly ever have one, but a program needs no right to add it.
 */
const readExtensionHeader: MatchReader = (extension) => [
  { kind: 'may', text: extensionText('-m', extension), whenQuiet: false },
];

/** Matches that this model knows, by the name behind `-m`; the others may hold or not. */
const READERS: ReadonlyMap<string, MatchReader> = new Map<string, MatchReader>([
  ['tcp', readPorts],
  ['udp', readPorts],
  ['udplite', readPorts],
  ['sctp', readPorts],
  ['dccp', readPorts],
  ['multiport', readMultiport],
  ['icmp', readIcmp],
  ['icmp6', readIcmp],
  ['icmpv6', readIcmp],
  ['owner', readOwner],
  ['conntrack', readConntrack],
  ['state', readConntrack],
  ['mark', readMark],
  ['connmark', readMark],
  ['iprange', readIprange],
  ['addrtype', readAddrtype],
  ['pkttype', readPkttype],
  ['limit', readLimit],
  ['hashlimit', readLimit],
  ['recent', readLimit],
  ['statistic', readLimit],
  ['time', readLimit],
  ['connlimit', readLimit],
  ['quota', readLimit],
  ['ttl', readLimit],
  ['hl', readLimit],
  ['length', readLimit],
  ['dscp', readLimit],
  ['tos', readLimit],
  ['rpfilter', readLimit],
  ['rt', readExtensionHeader],
  ['frag', readExtensionHeader],
  ['hbh', readExtensionHeader],
  ['dst', readExtensionHeader],
  ['srh', readExtensionHeader],
  ['comment', () => []],
]);

/** Reads one match; what this model does not know becomes `unmodelled` with its text. */
export function readMatch(extension: Extension, context: RuleContext): readonly Statement[] {
  return (
    READERS.get(extension.name)?.(extension, context) ?? [
      { kind: 'unmodelled', text: extensionText('-m', extension) },
    ]
  );
}

import { evaluatePacket } from '#core/firewall/evaluate/evaluate.ts';
import type { Packet } from '#core/firewall/packet.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { EXIT, type ExitCode, usage } from '../failure.ts';
import { painter, type Terminal, wantsColour } from '../terminal.ts';
import { assumption, explained, plainReason } from './firewall-words.ts';
import { countPackets, packetsOf } from './packet-file.ts';
import { packetOfQuestion } from './packet-question.ts';
import { type GivenRules, rulesOfFiles } from './read-rules.ts';
import { type UidOf, uidRange } from './uid-argument.ts';

export interface ExplainOptions {
  ruleset: readonly string[];
  uid?: string;
  gid?: string;
  from?: string;
  to?: string;
  proto?: string;
  port?: string;
  sport?: string;
  icmpType?: string;
  dev?: string;
  packets?: string;
  json: boolean;
}

const ONE = ['uid', 'gid', 'from', 'to', 'proto', 'port', 'sport', 'icmpType', 'dev'] as const;

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw usage(`--${name} takes a number.`);
  return Number(text);
}

function onePacket(options: ExplainOptions, uidOf: UidOf): Packet {
  if (options.to === undefined || options.proto === undefined)
    throw usage('A packet needs at least --to and --proto.', 'Or give many with --packets FILE.');
  const read = packetOfQuestion({
    uid: options.uid === undefined ? undefined : oneUid(options.uid, uidOf),
    gid: whole('gid', options.gid),
    from: options.from,
    to: options.to,
    proto: options.proto,
    port: whole('port', options.port),
    sport: whole('sport', options.sport),
    icmpType: whole('icmp-type', options.icmpType),
    dev: options.dev,
  });
  if (!read.ok) throw usage(`That is no packet: ${visible(read.message)}.`);
  return read.packet;
}

function oneUid(text: string, uidOf: UidOf): number {
  const [low, high] = uidRange(text, uidOf);
  if (low !== high) throw usage('A packet has one sender: give one number to --uid, not a range.');
  return Number(low);
}

async function* packetsAsked(options: ExplainOptions, uidOf: UidOf): AsyncGenerator<Packet> {
  if (options.packets === undefined) yield onePacket(options, uidOf);
  else yield* packetsOf(options.packets);
}

/**
 * `swarmkeep firewall explain`: what becomes of packets under the rules of files, or of this computer.
 * @returns 0 whatever becomes of them, 2 when that of any cannot be told
 * @throws CommandFailure
 */
export async function explain(place: Place, options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  const isOwn = options.ruleset.length === 0;
  // What is wrong with the question is said before anything is looked at.
  if (options.packets === undefined) onePacket(options, isOwn ? () => 0n : null);
  else if (ONE.some((name) => options[name] !== undefined))
    throw usage('Give one packet, or --packets with many, not both.');
  if (options.packets !== undefined) await countPackets(options.packets);
  const { rules, notListed, uidOf } = await rulesFor(place, options.ruleset, terminal);
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  let count = 0;
  let isUnknown = false;
  if (options.json) terminal.out.write('[');
  for await (const packet of packetsAsked(options, uidOf)) {
    const verdict = evaluatePacket(rules.ruleset, rules.host, packet);
    const assumed = assumption(notListed, packet.version);
    if (verdict.verdict === 'unknown') isUnknown = true;
    if (options.json) {
      const entry = {
        ...verdict,
        reason: plainReason(verdict.reason),
        ...(assumed === null ? {} : { assumed }),
      };
      terminal.out.write(`${count === 0 ? '\n' : ',\n'}${JSON.stringify(entry)}`);
    } else terminal.out.write(explained(rules, packet, verdict, { name: null, assumed }, paint));
    count += 1;
  }
  if (options.json) terminal.out.write('\n]\n');
  return isUnknown ? EXIT.couldNot : EXIT.fine;
}

async function rulesFor(
  place: Place,
  files: readonly string[],
  terminal: Terminal,
): Promise<GivenRules & { uidOf: UidOf }> {
  if (files.length > 0) return { ...rulesOfFiles(files, terminal), uidOf: null };
  const { ownMachine } = await import('./own-rules.ts');
  const { rules, uidOf } = await ownMachine(place, terminal);
  return { rules, notListed: null, uidOf };
}

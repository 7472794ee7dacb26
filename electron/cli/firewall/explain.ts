import { evaluatePacket } from '#core/firewall/evaluate/evaluate.ts';
import type { Packet } from '#core/firewall/packet.ts';
import type { Rules } from '#core/firewall/questions/ask.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from '../check-command.ts';
import { EXIT, type ExitCode, usage } from '../failure.ts';
import { painter, type Terminal, wantsColour } from '../terminal.ts';
import { explained } from './firewall-words.ts';
import { countPackets, packetsOf } from './packet-file.ts';
import { packetOfQuestion } from './packet-question.ts';
import { rulesOfFiles } from './read-rules.ts';

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

function onePacket(options: ExplainOptions): Packet {
  if (options.to === undefined || options.proto === undefined)
    throw usage('A packet needs at least --to and --proto.', 'Or give many with --packets FILE.');
  const read = packetOfQuestion({
    uid: whole('uid', options.uid),
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

async function* packetsAsked(options: ExplainOptions): AsyncGenerator<Packet> {
  if (options.packets === undefined) yield onePacket(options);
  else yield* packetsOf(options.packets);
}

/**
 * `swarmkeep firewall explain`: what becomes of packets under the rules of files, or of this computer.
 * @returns 0, whatever becomes of them
 * @throws CommandFailure
 */
export async function explain(place: Place, options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.packets === undefined) onePacket(options);
  else if (ONE.some((name) => options[name] !== undefined))
    throw usage('Give one packet, or --packets with many, not both.');
  if (options.packets !== undefined) await countPackets(options.packets);
  const rules = await rulesFor(place, options.ruleset, terminal);
  const paint = painter(wantsColour(terminal.out, terminal.environment));
  let count = 0;
  if (options.json) terminal.out.write('[');
  for await (const packet of packetsAsked(options)) {
    const verdict = evaluatePacket(rules.ruleset, rules.host, packet);
    if (options.json) terminal.out.write(`${count === 0 ? '\n' : ',\n'}${JSON.stringify(verdict)}`);
    else terminal.out.write(explained(rules, packet, verdict, null, paint));
    count += 1;
  }
  if (options.json) terminal.out.write('\n]\n');
  return EXIT.fine;
}

async function rulesFor(place: Place, files: readonly string[], terminal: Terminal): Promise<Rules> {
  if (files.length > 0) return rulesOfFiles(files, terminal);
  const { ownRules } = await import('./own-rules.ts');
  return (await ownRules(place, terminal)).rules;
}

import { evaluatePacket } from '../evaluate/evaluate.ts';
import { type HostContext, UNKNOWN_HOST } from '../host.ts';
import type { Ruleset } from '../model.ts';
import type { Packet, PacketVerdict } from '../packet.ts';
import type { TestPacket } from './packets.ts';
import type { Random } from './random.ts';
import { HOST } from './setting.ts';

const FORGETTABLE = [
  'saddr',
  'sport',
  'dport',
  'icmpType',
  'icmpCode',
  'skuid',
  'skgid',
  'iifname',
  'oifname',
] as const;

/** Whether the question still says the same without its interface: what leaves by lo does only for 127.0.0.1 and ::1. */
function mayForgetInterface({ sent }: TestPacket): boolean {
  return sent.device !== 'lo';
}

/** That a host which is not known has a broadcast address cannot be known, and the question would be another. */
function mayForgetHost({ sent }: TestPacket): boolean {
  return !sent.broadcast && sent.daddr !== '10.1.0.255';
}

/**
 * Asks about a packet again, of which less is known: the answer has to be the same or `unknown`.
 * @param verdict the answer when everything is known
 * @returns what was forgotten and what was answered, when it is another certain answer
 */
export function contradiction(
  random: Random,
  ruleset: Ruleset,
  packet: TestPacket,
  { verdict }: PacketVerdict,
): string | null {
  if (verdict === 'unknown') return null;
  const forgotten = random
    .some(FORGETTABLE, 0, 3)
    .filter((field) => field !== 'oifname' || mayForgetInterface(packet));
  const asked: Packet = {
    ...packet.asked,
    ...Object.fromEntries(forgotten.map((field) => [field, undefined])),
  };
  const host: HostContext = mayForgetHost(packet) && random.chance(0.4) ? UNKNOWN_HOST : HOST;
  const less = evaluatePacket(ruleset, host, asked);
  if (less.verdict === verdict || less.verdict === 'unknown') return null;
  const what = [...forgotten, ...(host === UNKNOWN_HOST ? ['host'] : [])].join(', ');
  return `without ${what} the answer is ${less.verdict} (${less.reason}), with everything known it is ${verdict}`;
}

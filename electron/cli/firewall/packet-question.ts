import { z } from 'zod';
import { parseAddress } from '#core/firewall/address.ts';
import { PROTOCOL } from '#core/firewall/fields.ts';
import type { Packet } from '#core/firewall/packet.ts';
import { visible } from '#shared/domain/text.ts';

const id = z.int().min(0).max(4_294_967_295);
const port = z.int().min(0).max(65_535);
const byte = z.int().min(0).max(255);
const address = z.string().max(64);
const interfaceName = z.string().min(1).max(64);

/**
 * A packet as a person writes it. With `uid` (or without `from`) it is made on this host; with `from` and without `uid` it comes in.
 * `in` and `out` name both interfaces of one that is sent on.
 */
export const packetQuestion = z.strictObject({
  uid: id.optional(),
  gid: id.optional(),
  from: address.optional(),
  to: address,
  proto: z.union([z.string().max(16), byte]),
  port: port.optional(),
  sport: port.optional(),
  icmpType: byte.optional(),
  icmpCode: byte.optional(),
  dev: interfaceName.optional(),
  in: interfaceName.optional(),
  out: interfaceName.optional(),
  direction: z.enum(['out', 'in', 'forward']).optional(),
});
export type PacketQuestion = z.infer<typeof packetQuestion>;

export type PacketResult = { ok: true; packet: Packet } | { ok: false; message: string };

function protocolOf(proto: string | number, version: 4 | 6): bigint | null {
  if (typeof proto === 'number' || /^\d{1,3}$/.test(proto)) {
    const number = BigInt(proto);
    return number <= 255n ? number : null;
  }
  const name = proto.toLowerCase();
  if (name === 'icmp' || name === 'icmpv6' || name === 'ipv6-icmp') {
    return version === 6 ? PROTOCOL.icmpv6 : name === 'icmp' ? PROTOCOL.icmp : null;
  }
  return Object.hasOwn(PROTOCOL, name) ? PROTOCOL[name as keyof typeof PROTOCOL] : null;
}

/**
 * The packet that a question is about: the first of a new connection. One of ICMP is an echo request when nothing else is said.
 * @returns what is wrong with it, in words
 */
export function packetOfQuestion(value: unknown): PacketResult {
  const read = packetQuestion.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue?.path.join('.') ?? '';
    return {
      ok: false,
      message: visible(`${where === '' ? '' : `${where}: `}${issue?.message ?? 'not a packet'}`),
    };
  }
  const question = read.data;
  const to = parseAddress(question.to);
  if (!to) return { ok: false, message: `to: ${visible(question.to)} is no address` };
  const from = question.from === undefined ? null : parseAddress(question.from);
  if (question.from !== undefined && from === null)
    return { ok: false, message: `from: ${visible(question.from)} is no address` };
  const { version } = to;
  if (from && from.version !== version)
    return { ok: false, message: 'from and to are of different families' };
  const l4proto = protocolOf(question.proto, version);
  if (l4proto === null)
    return {
      ok: false,
      message: `proto: ${visible(String(question.proto))} is no protocol of IPv${version}`,
    };
  const direction = question.direction ?? (question.uid === undefined && from ? 'in' : 'out');
  if (direction !== 'out' && question.uid !== undefined)
    return { ok: false, message: 'uid: a packet that comes in has no sender on this host' };
  const isIcmp = l4proto === PROTOCOL.icmp || l4proto === PROTOCOL.icmpv6;
  const number = (given: number | undefined) => (given === undefined ? undefined : BigInt(given));
  return {
    ok: true,
    packet: {
      direction,
      version,
      l4proto,
      daddr: to.value,
      saddr: from?.value,
      sport: number(question.sport),
      dport: number(question.port),
      icmpType: isIcmp ? BigInt(question.icmpType ?? (version === 4 ? 8 : 128)) : undefined,
      icmpCode: isIcmp ? BigInt(question.icmpCode ?? 0) : undefined,
      skuid: number(question.uid),
      skgid: number(question.gid),
      iifname: direction === 'out' ? undefined : (question.in ?? question.dev),
      oifname:
        direction === 'in' ? undefined : (question.out ?? (direction === 'out' ? question.dev : undefined)),
    },
  };
}

import { z } from 'zod';
import { parseAddress } from '#core/firewall/address.ts';
import { PROTOCOL } from '#core/firewall/fields.ts';
import type { Packet } from '#core/firewall/packet.ts';
import { shortened, visible } from '#shared/domain/text.ts';

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

const ADDRESS = 'an address is needed, such as 8.8.8.8 or 2001:db8::1';
const UID = 'a number from 0 to 4294967295 is needed; names are looked up for --uid alone';
const PORT = 'a port is a whole number from 0 to 65535';
const BYTE = 'a whole number from 0 to 255 is needed';
const INTERFACE = 'the name of an interface is needed, such as eth0';

const EXPECTED: Readonly<Record<keyof z.infer<typeof packetQuestion>, string>> = {
  uid: UID,
  gid: UID,
  from: ADDRESS,
  to: ADDRESS,
  proto: 'a name is needed, such as tcp, udp or icmp, or a number from 0 to 255',
  port: PORT,
  sport: PORT,
  icmpType: BYTE,
  icmpCode: BYTE,
  dev: INTERFACE,
  in: INTERFACE,
  out: INTERFACE,
  direction: 'out, in or forward is needed',
};

function whatIsWrong(value: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  const field = issue?.path[0];
  if (typeof field === 'string' && Object.hasOwn(EXPECTED, field))
    return `${field}: ${EXPECTED[field as keyof typeof EXPECTED]}`;
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return extra === undefined
    ? 'not a packet'
    : `"${visible(shortened(extra, 64))}" is no field of a packet; there are: ${Object.keys(EXPECTED).join(', ')}`;
}

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
    return { ok: false, message: whatIsWrong(value, read.error.issues[0]) };
  }
  const question = read.data;
  const to = parseAddress(question.to);
  if (!to)
    return { ok: false, message: `to: ${visible(question.to)} is no address; names are not looked up` };
  const from = question.from === undefined ? null : parseAddress(question.from);
  if (question.from !== undefined && from === null)
    return { ok: false, message: `from: ${visible(question.from)} is no address; names are not looked up` };
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

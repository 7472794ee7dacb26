/** What an address is to the node: itself only, the home network, everybody, or any address it has. */
export type Reach = 'loopback' | 'lan' | 'public' | 'every';

function ipv4Bytes(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = parts.map((part) => (/^(0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** Groups of hexadecimal digits of one side of `::`; a dotted quad may stand at the very end. */
function ipv6Groups(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const bytes = index === parts.length - 1 ? ipv4Bytes(part) : null;
      if (bytes === null) return null;
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function ipv6Bytes(text: string): number[] | null {
  const sides = text.split('::');
  if (sides.length > 2) return null;
  const head = ipv6Groups(sides[0] ?? '');
  const tail = sides.length === 2 ? ipv6Groups(sides[1] ?? '') : [];
  if (head === null || tail === null) return null;
  // A dotted quad ends the address, so it cannot end the side before `::`.
  if (sides.length === 2 && (sides[0] ?? '').includes('.')) return null;
  const missing = 8 - head.length - tail.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.flatMap((group) => [group >> 8, group & 255]);
}

/**
 * The bytes of an address as it is written in RFC 4291 section 2.2 or as a dotted quad: 4 or 16 numbers. A zone
 * (`fe80::1%eth0`) and brackets are allowed and ignored. IPv4-mapped IPv6 (`::ffff:0:0/96`) gives the 4 bytes inside.
 * @returns null when it is no address
 */
export function addressBytes(address: string): number[] | null {
  const bare = address.replace(/^\[(.*)\]$/, '$1').replace(/%[^%]*$/, '');
  const four = ipv4Bytes(bare);
  if (four !== null) return four;
  const six = bare.includes(':') ? ipv6Bytes(bare) : null;
  if (six === null) return null;
  const mapped = six.slice(0, 10).every((byte) => byte === 0) && six[10] === 255 && six[11] === 255;
  return mapped ? six.slice(12) : six;
}

/** Networks that count as the home network, with prefix lengths in bits. Everything else is public. */
const LAN: readonly (readonly [string, number])[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['224.0.0.0', 24],
  ['::1', 128],
  ['fe80::', 10],
  ['fc00::', 7],
  ['ff02::', 16],
];

const LAN_BYTES = LAN.map(([network, prefix]) => ({ bytes: addressBytes(network) ?? [], prefix }));

/** Whether an address lies in `network/prefix`; both as bytes, different families never match. */
export function inNetwork(address: readonly number[], network: readonly number[], prefix: number): boolean {
  if (address.length !== network.length) return false;
  for (let bit = 0; bit < prefix; bit += 8) {
    const mask = prefix - bit >= 8 ? 255 : 256 - 2 ** (8 - (prefix - bit));
    const index = bit / 8;
    if (((address[index] ?? 0) & mask) !== ((network[index] ?? 0) & mask)) return false;
  }
  return true;
}

/**
 * Whether an address belongs to the home network, as Swarmkeep understands "LAN": loopback, RFC 1918, link-local
 * (RFC 3927, RFC 4291), unique local (RFC 4193) and link-local multicast. Public is everything else: on-link global
 * IPv6 and 100.64.0.0/10 (RFC 6598) too. `*`, `0.0.0.0` and `::` are "every address".
 * @returns null when it is no address at all
 */
export function reachOf(address: string): Reach | null {
  if (address === '*') return 'every';
  const bytes = addressBytes(address);
  if (bytes === null) return null;
  if (bytes.every((byte) => byte === 0)) return 'every';
  const isLoopback =
    bytes.length === 4 ? bytes[0] === 127 : bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1;
  if (isLoopback) return 'loopback';
  return LAN_BYTES.some((lan) => inNetwork(bytes, lan.bytes, lan.prefix)) ? 'lan' : 'public';
}

import { PROTOCOL_NUMBERS } from '../protocol-names.ts';

/**
 * The number of a protocol as `-p` names it.
 * @returns `'all'` for `all` and 0, which iptables(8) calls the same; null for a name that is not known
 */
export function parseProtocol(text: string): bigint | 'all' | null {
  const name = text.toLowerCase();
  if (name === 'all') return 'all';
  const number = /^\d{1,3}$/.test(name) ? BigInt(name) : PROTOCOL_NUMBERS.get(name);
  if (number === undefined || number > 255n) return null;
  return number === 0n ? 'all' : number;
}

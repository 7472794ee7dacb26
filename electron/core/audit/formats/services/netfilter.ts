import type { FieldSet } from '../field-set.ts';
import { nameAt } from '../names.ts';

/** Words of a log prefix that say that the packet was stopped. The kernel itself says nothing of what became of it. */
const STOPPED = /\b(?:stopped|drop(?:ped)?|den(?:y|ied)|block(?:ed)?|reject(?:ed)?|refused)\b/i;
/** Sticky. */
const START = /IN=(\S{0,15}) OUT=(\S{0,15}) /y;

/** What is kept, by the kernel's name; the rest are bits of headers. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['SRC', 'SourceIp'],
  ['DST', 'DestinationIp'],
  ['SPT', 'SourcePort'],
  ['DPT', 'DestinationPort'],
  ['UID', 'uid'],
  ['GID', 'gid'],
  ['LEN', 'length'],
  ['TTL', 'ttl'],
  ['TYPE', 'icmp_type'],
  ['PROTO', 'Protocol'],
  ['MAC', 'mac'],
]);

const LONGEST_NAME = 5;

/**
 * Reads a line of the kernel's packet log (nf_log_syslog.c, `log prefix "…"` of nft(8), `-j LOG` of iptables-extensions(8)).
 * What of the prefix says that the packet was stopped makes `denied` true.
 * @returns whether the message is one
 */
export function putPacket(fields: FieldSet, message: string): boolean {
  const head = message.slice(0, 2_048);
  // A prefix may end without a blank, so `IN=` may stand right behind it.
  START.lastIndex = Math.max(0, head.indexOf('IN='));
  const start = START.exec(head);
  if (start === null) return false;
  const prefix = head.slice(0, start.index).trim();
  const [, input = '', output = ''] = start;
  fields.putNew('prefix', prefix.replace(/^\[\s*\d+\.\d+\]\s*/, ''));
  if (input !== '') fields.putNew('in', input);
  if (output !== '') fields.putNew('out', output);
  // An ICMP error quotes the packet that it is about in brackets; that one's addresses are not this one's.
  const bracket = head.indexOf('[SRC=', start.index);
  const end = bracket < 0 ? head.length : bracket;
  for (let at = start.index; at < end; ) {
    const blank = head.indexOf(' ', at);
    const next = blank < 0 || blank > end ? end : blank;
    const equals = head.indexOf('=', at);
    if (equals > at && equals < next - 1 && equals - at <= LONGEST_NAME) {
      let hash = 0;
      for (let place = at; place < equals; place += 1) hash = (hash * 31 + head.charCodeAt(place)) | 0;
      const name = NAMES.get(nameAt(head, at, equals, hash));
      if (name !== undefined) fields.putNew(name, packetValue(name, head.slice(equals + 1, next)));
    }
    at = next + 1;
  }
  fields.putNew('Initiated', output !== '' && input === '' ? 'true' : 'false');
  if (STOPPED.test(prefix)) fields.putNew('denied', true);
  const uid = fields.get('uid');
  if (uid !== undefined) fields.putNew('User', uid === 0 ? 'root' : String(uid));
  return fields.has('SourceIp') || fields.has('DestinationIp');
}

/** Addresses and names stay text; everything else that is a number becomes one. */
function packetValue(name: string, value: string): string | number {
  if (name === 'Protocol') return value.toLowerCase();
  return name.endsWith('Ip') || name === 'mac' || !/^\d{1,10}$/.test(value) ? value : Number(value);
}

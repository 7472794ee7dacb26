import type { FieldSet } from '../field-set.ts';

/** Words of a log prefix that say that the packet was stopped. The kernel itself says nothing of what became of it. */
const STOPPED = /\b(?:stopped|drop(?:ped)?|den(?:y|ied)|block(?:ed)?|reject(?:ed)?|refused)\b/i;
/** Sticky. */
const START = /IN=(\S{0,15}) OUT=(\S{0,15}) /y;

const NAMES: Readonly<Record<string, string>> = {
  SRC: 'SourceIp',
  DST: 'DestinationIp',
  SPT: 'SourcePort',
  DPT: 'DestinationPort',
  UID: 'uid',
  GID: 'gid',
  LEN: 'length',
  TTL: 'ttl',
  TYPE: 'icmp_type',
};

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
  const pairs = head.slice(start.index, bracket < 0 ? head.length : bracket).split(' ');
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const name = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (known !== undefined && value !== '')
      fields.putNew(known, /^\d{1,10}$/.test(value) ? Number(value) : value);
    else if (name === 'PROTO') fields.putNew('Protocol', value.toLowerCase());
    else if (name === 'MAC') fields.putNew('mac', value);
  }
  fields.putNew('Initiated', output !== '' && input === '' ? 'true' : 'false');
  if (STOPPED.test(prefix)) fields.putNew('denied', true);
  const uid = fields.get('uid');
  if (uid !== undefined) fields.putNew('User', uid === 0 ? 'root' : String(uid));
  return fields.has('SourceIp') || fields.has('DestinationIp');
}

import { Buffer } from 'node:buffer';

/** The beginning of an audit record. */
export interface AuditHeader {
  /** `SYSCALL`, `EXECVE`, `USER_AUTH`; a number that has no name here stays `1399`. */
  type: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
  /** Seconds and fraction as written. */
  timeText: string;
  /** Names the happening on one machine: `1364481363.243:24287`, with `node@` before it when the record names one. */
  id: string;
  node: string | null;
  /** Place in the line where the fields begin. */
  fieldsAt: number;
}

/** Sticky. audit_log_start() in kernel/audit.c and auditd.conf(5), `name_format`. */
const HEADER =
  /(?:type=([A-Z0-9_]{1,64}|UNKNOWN\[\d{1,9}\]) (?:msg=)?)?audit\((\d{1,12})\.(\d{3}):(\d{1,12})\):? ?/y;

/** Numbers of the records of system calls and of security modules (linux/audit.h), as the kernel's own log has them. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['1300', 'SYSCALL'],
  ['1302', 'PATH'],
  ['1303', 'IPC'],
  ['1304', 'SOCKETCALL'],
  ['1305', 'CONFIG_CHANGE'],
  ['1306', 'SOCKADDR'],
  ['1307', 'CWD'],
  ['1309', 'EXECVE'],
  ['1318', 'OBJ_PID'],
  ['1320', 'EOE'],
  ['1321', 'BPRM_FCAPS'],
  ['1322', 'CAPSET'],
  ['1323', 'MMAP'],
  ['1325', 'NETFILTER_CFG'],
  ['1326', 'SECCOMP'],
  ['1327', 'PROCTITLE'],
  ['1330', 'KERN_MODULE'],
  ['1334', 'BPF'],
  ['1336', 'URINGOP'],
  ['1337', 'OPENAT2'],
  ['1400', 'AVC'],
  ['1700', 'ANOM_PROMISCUOUS'],
  ['1701', 'ANOM_ABEND'],
  ['1702', 'ANOM_LINK'],
  ['1703', 'ANOM_CREAT'],
]);

/** How far into a line the record may begin: behind `node=…`, or behind what syslog and the kernel's log put before it. */
const SEARCH = 512;

const BEGIN = 'type=';
const STAMP = ' msg=audit(';
/** Types that were read, by how they are written; there are some 200. */
const MOST_TYPES = 512;
const types = new Map<string, string>();
/** The last stamp that was read, up to its bracket: the records of one happening have the same one and stand together. */
let last = { text: '', at: 0, timeText: '', id: '' };

/** A record of the happening that was read last, in auditd's usual form; null for anything else. */
function readNext(line: string): AuditHeader | null {
  if (last.text === '' || !line.startsWith(BEGIN)) return null;
  const blank = line.indexOf(' ', BEGIN.length);
  if (!line.startsWith(STAMP, blank) || !line.startsWith(last.text, blank + STAMP.length)) return null;
  const type = types.get(line.slice(BEGIN.length, blank));
  if (type === undefined) return null;
  const { at, timeText, id } = last;
  let fieldsAt = blank + STAMP.length + last.text.length;
  if (line.charCodeAt(fieldsAt) === 58) fieldsAt += 1;
  if (line.charCodeAt(fieldsAt) === 32) fieldsAt += 1;
  return { type, at, timeText, id, node: null, fieldsAt };
}

/** Reads the beginning of an audit record; null when the line is none. */
export function readAuditHeader(line: string): AuditHeader | null {
  const next = readNext(line);
  if (next !== null) return next;
  let start = 0;
  let node: string | null = null;
  if (!line.startsWith('type=')) {
    const head = line.slice(0, SEARCH);
    start = head.indexOf('type=');
    if (start < 0) start = head.indexOf('audit(');
    if (start < 0) return null;
    const named = /(?:^|\s)node=(\S{1,255})\s$/.exec(head.slice(0, start));
    node = named?.[1] ?? null;
  }
  HEADER.lastIndex = start;
  const match = HEADER.exec(line);
  if (match === null) return null;
  const [all, type = '', seconds = '', fraction = '', serial = ''] = match;
  const timeText = `${seconds}.${fraction}`;
  const at = Number(seconds) * 1_000 + Number(fraction);
  const stamp = `${timeText}:${serial}`;
  const means = type === '' ? 'KERNEL' : (NAMES.get(type.replace(/^UNKNOWN\[(\d+)\]$/, '$1')) ?? type);
  if (node === null) {
    last = { text: `${stamp})`, at, timeText, id: stamp };
    if (type !== '' && types.size < MOST_TYPES) types.set(Buffer.from(type).toString(), means);
  }
  return {
    type: means,
    at,
    timeText,
    id: node === null ? stamp : `${node}@${stamp}`,
    node,
    fieldsAt: start + all.length,
  };
}

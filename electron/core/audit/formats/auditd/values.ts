import { Buffer } from 'node:buffer';
import type { FieldValue } from '#shared/domain/audit/event.ts';

/**
 * Fields whose values come from a user: the kernel and auditd write them in quotes, or in hexadecimal when they contain a quote, a
 * blank or anything unprintable (audit_log_untrustedstring() in kernel/audit.c, the audit project's field dictionary: "encoded").
 */
const ENCODED: ReadonlySet<string> = new Set([
  'acct',
  'cmd',
  'comm',
  'cwd',
  'data',
  'dir',
  'exe',
  'file',
  'invalid_context',
  'key',
  'key_enforce',
  'name',
  'new-chardev',
  'new-disk',
  'new-fs',
  'new-rng',
  'new_group',
  'ocomm',
  'old-chardev',
  'old-disk',
  'old-fs',
  'old-rng',
  'path',
  'proctitle',
  'sw',
  'vm',
  'watch',
]);

/** What AppArmor adds to its records in the same way (security/apparmor: audit.c, net.c, mount.c). */
const OF_APPARMOR: ReadonlySet<string> = new Set([
  'fstype',
  'namespace',
  'ns',
  'peer',
  'profile',
  'srcname',
  'target',
  'trans',
]);

/** Numbers that are written in hexadecimal or octal, and must stay the text that rules are written for. */
const TEXT: ReadonlySet<string> = new Set([
  'arch',
  'mode',
  'saddr',
  'per',
  'dev',
  'rdev',
  'cap_fi',
  'cap_fp',
  'cap_fver',
  'cap_pa',
  'cap_pe',
  'cap_pi',
  'cap_pp',
  'code',
  'ip',
  'flags',
]);

const HEX = /^(?:[0-9A-Fa-f]{2})+$/;
const NUMBER = /^-?(?:0|[1-9]\d{0,14})$/;

/** Whether a name is one of an argument: `a0`, `a12`, `a1[3]`. */
export function isArgument(name: string): boolean {
  const second = name.charCodeAt(1);
  return name.charCodeAt(0) === 97 && second >= 48 && second <= 57;
}

/** Undoes the hexadecimal of a value: UTF-8, each byte that is not UTF-8 as U+FFFD. The text itself when it is none. */
export function decodeHex(value: string): string {
  return HEX.test(value) ? Buffer.from(value, 'hex').toString('utf8') : value;
}

/** What a value that stands without quotes means in a record of a type. `(null)` is null. */
export function bareAuditValue(type: string, name: string, value: string): FieldValue {
  const first = value.charCodeAt(0);
  if (first === 40 && value === '(null)') return null;
  if (isArgument(name)) return type === 'EXECVE' ? decodeHex(value) : value;
  if (ENCODED.has(name) || (type === 'AVC' && OF_APPARMOR.has(name))) return decodeHex(value);
  if (((first >= 48 && first <= 57) || first === 45) && value.length <= 16 && !TEXT.has(name))
    return NUMBER.test(value) ? Number(value) : value;
  return value;
}

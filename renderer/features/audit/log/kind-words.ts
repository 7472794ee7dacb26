import type { AuditEvent } from '#shared/domain/audit/event.ts';

const CATEGORIES: Readonly<Record<string, readonly [short: string, words: string]>> = {
  network_connection: ['net', 'network'],
  process_creation: ['sh', 'program'],
  file_event: ['file', 'file change'],
  file_access: ['read', 'file read'],
  tool_call: ['tool', 'tool call'],
  task: ['task', 'task'],
  peer: ['peer', 'peer'],
  auth: ['auth', 'login'],
};

const SERVICES: Readonly<Record<string, string>> = {
  mycoswarm: 'svc',
  nftables: 'net',
  auditd: 'audit',
  sshd: 'ssh',
  sudo: 'sudo',
  auth: 'auth',
  syslog: 'sys',
  cron: 'cron',
};

/** @returns a category as the page says it; one that it does not know as it is */
export function categoryWords(category: string): string {
  return Object.hasOwn(CATEGORIES, category) ? (CATEGORIES[category]?.[1] ?? category) : category;
}

/** @returns what kind of thing a line tells of, in at most six letters for its column; an en dash when the log does not say */
export function kindOf({ logsource: { category, service } }: Pick<AuditEvent, 'logsource'>): string {
  if (category !== null && Object.hasOwn(CATEGORIES, category)) return CATEGORIES[category]?.[0] ?? '';
  if (service !== null && Object.hasOwn(SERVICES, service)) return SERVICES[service] ?? '';
  return (service ?? category ?? '–').slice(0, 6);
}

/** @returns a value of a field as text; lists with commas between */
export function fieldText(value: AuditEvent['fields'][string]): string {
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}

/** @returns the values that a condition can name, one by one */
export function fieldValues(value: AuditEvent['fields'][string]): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

import type { AuditRecord, EventSeverity, LogSource } from '#shared/domain/audit/event.ts';
import { type FieldSet, RECORD_LIMITS } from './field-set.ts';
import { putOutcome } from './outcome.ts';

const source = (
  product: string | null,
  category: string | null = null,
  service: string | null = null,
): LogSource => Object.freeze({ product, category, service });

/** The log sources that our formats tell apart, in the words of Sigma's taxonomy where it has one. */
export const LOG_SOURCES = {
  unknown: source(null),
  linux: source('linux'),
  auditd: source('linux', null, 'auditd'),
  syslog: source('linux', null, 'syslog'),
  sshd: source('linux', null, 'sshd'),
  sudo: source('linux', null, 'sudo'),
  auth: source('linux', null, 'auth'),
  cron: source('linux', null, 'cron'),
  clamav: source('linux', null, 'clamav'),
  guacamole: source('linux', null, 'guacamole'),
  vsftpd: source('linux', null, 'vsftpd'),
  systemd: source('linux', null, 'systemd'),
  nftables: source('linux', 'network_connection', 'nftables'),
  processCreation: source('linux', 'process_creation'),
  networkConnection: source('linux', 'network_connection'),
  fileEvent: source('linux', 'file_event'),
  fileAccess: source('linux', 'file_access'),
  mycoswarm: source('mycoswarm', null, 'mycoswarm'),
  toolCall: source('mycoswarm', 'tool_call', 'mycoswarm'),
  task: source('mycoswarm', 'task', 'mycoswarm'),
  peer: source('mycoswarm', 'peer', 'mycoswarm'),
  swarmAuth: source('mycoswarm', 'auth', 'mycoswarm'),
} as const;

/** What a record is made of; what is left out is null, empty or false. */
export interface RecordParts {
  at?: number | null;
  timeText?: string | null;
  logsource?: LogSource;
  severity?: EventSeverity | null;
  message: string;
  fields?: FieldSet;
  group?: string | null;
  derived?: boolean;
}

const cut = (text: string, limit: number): string => (text.length > limit ? text.slice(0, limit) : text);

/** Makes a record of its parts, with every text within its bounds. */
export function createRecord(parts: RecordParts): AuditRecord {
  const { fields, message, logsource = LOG_SOURCES.unknown } = parts;
  if (fields !== undefined) {
    if (message.length > RECORD_LIMITS.message) fields.markCut();
    putOutcome(fields, logsource, message);
  }
  return {
    at: parts.at ?? null,
    timeText: parts.timeText ? cut(parts.timeText, RECORD_LIMITS.timeText) : null,
    logsource,
    severity: parts.severity ?? null,
    message: cut(message, RECORD_LIMITS.message),
    fields: fields?.finish() ?? {},
    group: parts.group ? cut(parts.group, RECORD_LIMITS.group) : null,
    derived: parts.derived ?? false,
  };
}

/** A line that is not understood: searchable text and nothing else. */
export function rawRecord(line: string): AuditRecord {
  return createRecord({ message: line });
}

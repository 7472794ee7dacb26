import type { AuditRecord, EventSeverity } from '#shared/domain/audit/event.ts';
import type { FieldSet } from '../field-set.ts';
import type { LineParser, LogFormat } from '../format.ts';
import { OUTCOME_FIELD, type Outcome } from '../outcome.ts';
import { createRecord, LOG_SOURCES, rawRecord } from '../record.ts';
import { share } from '../stateless.ts';
import { readAuditFields } from './fields.ts';
import { AuditGroups } from './groups.ts';
import { readAuditHeader } from './header.ts';
import { decodeSocketAddress } from './socket-address.ts';
import { syscallName } from './syscall-names.ts';

/** Adds what the numbers of a record mean. These stay fields of this record: another one's are not mixed in. */
function explain(type: string, fields: FieldSet): void {
  if (type === 'SYSCALL' || type === 'SECCOMP' || type === 'URINGOP') {
    const number = fields.get('syscall');
    if (typeof number === 'number') fields.putNew('SYSCALL', syscallName(fields.text('arch') ?? '', number));
  } else if (type === 'PROCTITLE') {
    const title = fields.text('proctitle');
    if (title !== undefined) fields.put('CommandLine', title.replaceAll('\0', ' ').trimEnd());
  } else if (type === 'SOCKADDR') {
    const address = decodeSocketAddress(fields.text('saddr') ?? '');
    if (address?.family === 'unix') fields.put('path', address.path);
    else if (address !== null && address.family !== 'other') {
      fields.put('ip', address.ip);
      fields.put('port', address.port);
    }
    if (address !== null) fields.put('family', address.family);
  }
}

/** SECCOMP_RET_LOG and SECCOMP_RET_ALLOW (linux/seccomp.h): the call was made. */
const LET_THROUGH = new Set<unknown>(['0x7ffc0000', '0x7fff0000']);

/** What a security module decided: words of its record that are no fields. Where it only warns, what it speaks of was done. */
function decisionOf(type: string, line: string, start: number, fields: FieldSet): Outcome | null {
  if (type === 'SECCOMP') return LET_THROUGH.has(fields.get('code')) ? 'allowed' : 'stopped';
  if (type !== 'AVC' && type !== 'USER_AVC') return null;
  const decision =
    fields.text('apparmor') ?? /\bavc: {1,4}(denied|granted)\b/.exec(line.slice(start, start + 512))?.[1];
  if (decision === undefined) return null;
  const denied = decision === 'DENIED' || decision === 'denied';
  if (denied) return fields.get('permissive') === 1 ? 'allowed' : 'stopped';
  return decision === 'ALLOWED' || decision === 'granted' ? 'allowed' : null;
}

function severityOf(type: string, fields: FieldSet): EventSeverity | null {
  if (type.startsWith('ANOM_') || type === 'AVC' || type === 'USER_AVC' || type === 'SECCOMP')
    return 'warning';
  const result = fields.get('res');
  return result === 'failed' || (type === 'CONFIG_CHANGE' && result === 0) ? 'warning' : null;
}

/**
 * Records of Linux's audit system, as auditd writes them (auditd.conf(5): RAW and ENRICHED), with `node=`, behind syslog, or as the
 * kernel logs them itself. Every record is an event of its own, with `service: auditd` and the names that SigmaHQ's rules for auditd
 * use; what the records of one happening say together is added as a derived event when it is complete.
 */
export function createAuditdParser(state?: unknown): LineParser {
  const groups = new AuditGroups(state);
  return {
    parse(line) {
      const header = readAuditHeader(line);
      if (header === null) return [rawRecord(line)];
      const { type, at, timeText, id } = header;
      const fields = readAuditFields(type, line, header.fieldsAt);
      if (header.node !== null) fields.put('node', header.node);
      explain(type, fields);
      const decided = decisionOf(type, line, header.fieldsAt, fields);
      if (decided !== null) fields.put(OUTCOME_FIELD, decided);
      const severity = severityOf(type, fields);
      const records: AuditRecord[] = groups.add(header, fields);
      // What auditd adds behind a separator (0x1d) is read on the same line.
      const message = `${type} ${line.slice(header.fieldsAt, header.fieldsAt + 16_384).replace('\u001d', ' ')}`;
      const own = createRecord({
        at,
        timeText,
        logsource: LOG_SOURCES.auditd,
        severity,
        message,
        fields,
        group: id,
      });
      if (records.length === 0) return [own];
      // What this record completes comes behind it, what it merely brings to an end (an older happening) before it.
      const after = records.filter((record) => record.group === id);
      const before = records.filter((record) => record.group !== id);
      return [...before, own, ...after];
    },
    flush: () => groups.flush(),
    state: () => groups.state(),
  };
}

/** The audit log, `/var/log/audit/audit.log`. */
export const auditd: LogFormat = {
  id: 'auditd',
  createParser: createAuditdParser,
  recognises: (lines) =>
    share(lines, (line) => {
      const header = readAuditHeader(line);
      return header !== null && (line.startsWith('type=') || line.startsWith('node='));
    }),
};

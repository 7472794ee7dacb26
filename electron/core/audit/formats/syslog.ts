import type { AuditRecord, EventSeverity } from '#shared/domain/audit/event.ts';
import { createAuditdParser } from './auditd/auditd.ts';
import { readAuditHeader } from './auditd/header.ts';
import { FieldSet } from './field-set.ts';
import type { LineParser, LogFormat, ParseContext } from './format.ts';
import { createRecord, rawRecord } from './record.ts';
import { understand } from './services/understand.ts';
import { severityOfNumber } from './severity.ts';
import { share } from './stateless.ts';
import { putStructuredData } from './structured-data.ts';
import { type ReadTime, readBsdTime, readIsoTime } from './times.ts';

/** Sticky: `<PRI>` and, of RFC 5424, the version. */
const PRIORITY = /<(\d{1,3})>(1 )?/y;
/** Sticky: host, then `tag[pid]: ` or `tag: ` (RFC 3164, section 4.1.3; blanks never belong to a tag). */
const HOST_AND_TAG = / (\S{1,255}) ([^\s:[]{1,255})(?:\[(\S{1,64}?)\])?: ?/y;
/** Sticky: host, application, process, message id (RFC 5424, section 6.2). */
const NEW_HEADER = / (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /y;

interface Priority {
  severity: EventSeverity | null;
  facility: number | null;
  isNew: boolean;
  end: number;
}

function readPriority(line: string): Priority {
  PRIORITY.lastIndex = 0;
  const match = line.charCodeAt(0) === 60 ? PRIORITY.exec(line) : null;
  const number = match === null ? 0 : Number(match[1]);
  if (match === null || number > 191) return { severity: null, facility: null, isNew: false, end: 0 };
  return {
    severity: severityOfNumber(number % 8),
    facility: Math.floor(number / 8),
    isNew: match[2] !== undefined,
    end: match[0].length,
  };
}

interface Header {
  time: ReadTime | null;
  timeText: string | null;
  program: string;
  messageAt: number;
}

function readNewHeader(line: string, start: number, fields: FieldSet, context: ParseContext): Header | null {
  const time = readIsoTime(line, start, context);
  const timeEnd = time?.end ?? (line.charCodeAt(start) === 45 ? start + 1 : -1);
  if (timeEnd < 0) return null;
  NEW_HEADER.lastIndex = timeEnd;
  const match = NEW_HEADER.exec(line);
  if (match === null) return null;
  const [all, host = '', program = '', process = '', messageId = ''] = match;
  const given: [string, string][] = [
    ['Computer', host],
    ['program', program],
    ['ProcessId', process],
    ['msgid', messageId],
  ];
  for (const [name, value] of given)
    if (value !== '-')
      fields.put(name, name === 'ProcessId' && /^\d{1,10}$/.test(value) ? Number(value) : value);
  const messageAt = putStructuredData(fields, line, timeEnd + all.length);
  const timeText = time === null ? null : line.slice(start, timeEnd);
  return { time, timeText, program: program === '-' ? '' : program, messageAt };
}

function readOldHeader(line: string, start: number, fields: FieldSet, context: ParseContext): Header | null {
  const time = readBsdTime(line, start, context) ?? readIsoTime(line, start, context);
  if (time === null) return null;
  const timeText = line.slice(start, time.end);
  HOST_AND_TAG.lastIndex = time.end;
  const match = HOST_AND_TAG.exec(line);
  if (match === null) return null;
  const [all, host = '', program = '', process] = match;
  fields.put('Computer', host);
  fields.put('program', program);
  if (process !== undefined) fields.put('ProcessId', /^\d{1,10}$/.test(process) ? Number(process) : process);
  return { time, timeText, program, messageAt: time.end + all.length };
}

/** Facilities that carry logins: auth and authpriv (RFC 5424, table 1). */
const AUTH = new Set([4, 10]);

function createSyslogParser(state?: unknown): LineParser {
  // Audit records come through syslog too, where auditd is set to send them there or does not run.
  const audit = createAuditdParser(state);
  return {
    parse(line, context) {
      const priority = readPriority(line);
      const fields = new FieldSet();
      const header = priority.isNew
        ? readNewHeader(line, priority.end, fields, context)
        : readOldHeader(line, priority.end, fields, context);
      if (header === null)
        return [
          priority.end === 0 ? rawRecord(line) : createRecord({ message: line, severity: priority.severity }),
        ];
      const message = line.slice(header.messageAt);
      if (isAuditProgram(header.program) && readAuditHeader(message) !== null)
        return audit.parse(message, context);
      if (priority.facility !== null) fields.put('facility', priority.facility);
      const understood = understand(header.program, message, fields, context);
      const isAuth = priority.facility !== null && AUTH.has(priority.facility);
      const logsource =
        isAuth && understood.logsource.service === 'syslog'
          ? { ...understood.logsource, service: 'auth' }
          : understood.logsource;
      const at = header.time?.at ?? null;
      const own: AuditRecord = createRecord({
        at,
        timeText: header.timeText,
        logsource,
        severity: understood.severity ?? priority.severity,
        message: understood.message,
        fields,
      });
      return [
        own,
        ...(understood.derived ?? []).map((record) => ({ ...record, at, timeText: own.timeText })),
      ];
    },
    flush: (context) => audit.flush(context),
    state: () => audit.state(),
  };
}

function isAuditProgram(program: string): boolean {
  return program === 'kernel' || program === 'audit' || program === 'audispd' || program === 'auditd';
}

/** Syslog as RFC 5424 and RFC 3164 have it, and as rsyslog writes its files (with or without a full date). */
export const syslog: LogFormat = {
  id: 'syslog',
  createParser: createSyslogParser,
  recognises: (lines) =>
    0.95 *
    share(lines, (line) => {
      const priority = readPriority(line);
      const context = { receivedAt: 0, utcOffsetMinutes: 0 };
      const read = priority.isNew ? readNewHeader : readOldHeader;
      return read(line.slice(0, 8_192), priority.end, new FieldSet(), context) !== null;
    }),
};

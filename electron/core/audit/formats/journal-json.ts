import { Buffer } from 'node:buffer';
import type { AuditRecord } from '#shared/domain/audit/event.ts';
import { createAuditdParser } from './auditd/auditd.ts';
import { FieldSet } from './field-set.ts';
import type { LineParser, LogFormat, ParseContext } from './format.ts';
import { senderOf } from './journal-claim.ts';
import { readJsonObject } from './json.ts';
import { createRecord, rawRecord } from './record.ts';
import { understand } from './services/understand.ts';
import { severityOfNumber } from './severity.ts';
import { share } from './stateless.ts';
import { epochTime } from './times.ts';

/** Fields of the journal's own book-keeping, which say nothing of what happened. */
const SKIPPED = new Set(['MESSAGE', '__CURSOR', '__SEQNUM', '__SEQNUM_ID', '__MONOTONIC_TIMESTAMP']);

/** Names of the journal (systemd.journal-fields(7)) that rules know by another one. */
const NAMES: Readonly<Record<string, string>> = {
  _PID: 'ProcessId',
  _EXE: 'Image',
  _CMDLINE: 'process_command',
  _HOSTNAME: 'Computer',
  _UID: 'uid',
};

/** A value as text: bytes that are no text come as a list of numbers (`journalctl -o json`), several values as a list. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  if (value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255))
    return Buffer.from(value).toString('utf8');
  return value.map((each) => textOf(each) ?? '').join('\n');
}

function putJournal(fields: FieldSet, entry: Record<string, unknown>): void {
  let count = 0;
  for (const name in entry) {
    if (SKIPPED.has(name)) continue;
    count += 1;
    if (count > 256) {
      fields.markCut();
      return;
    }
    const text = textOf(entry[name]);
    if (text === null) continue;
    const key = NAMES[name] ?? name;
    fields.put(key, (key === 'ProcessId' || key === 'uid') && /^\d{1,10}$/.test(text) ? Number(text) : text);
  }
}

/** The program that an entry is from: what systemd saw counts for its units, else what the program calls itself. */
function programOf(entry: Record<string, unknown>): string {
  const unit = textOf(entry._SYSTEMD_UNIT) ?? '';
  if (unit.startsWith('mycoswarm') && unit.endsWith('.service')) return 'mycoswarm';
  // Only the kernel can write with this transport; a program may call itself `kernel`.
  const transport = textOf(entry._TRANSPORT);
  if (transport === 'kernel') return 'kernel';
  const named = textOf(entry.SYSLOG_IDENTIFIER) ?? textOf(entry._COMM) ?? '';
  return named === 'kernel' && transport !== null ? '' : named;
}

function timeOf(entry: Record<string, unknown>): { at: number | null; timeText: string | null } {
  const text = textOf(entry._SOURCE_REALTIME_TIMESTAMP) ?? textOf(entry.__REALTIME_TIMESTAMP);
  if (text === null || !/^\d{1,20}$/.test(text)) return { at: null, timeText: text };
  // Always microseconds (systemd.journal-fields(7)), however small.
  const at = Number(text) / 1_000;
  return { at: epochTime(at) === null || at > 8.64e15 ? null : Math.floor(at), timeText: text };
}

function createJournalParser(state?: unknown): LineParser {
  const audit = createAuditdParser(state);
  /** An audit record in the journal has its type and number in fields of their own; put back together it is one like any other. */
  const parseAudit = (
    entry: Record<string, unknown>,
    message: string,
    context: ParseContext,
  ): AuditRecord[] | null => {
    const type = textOf(entry._AUDIT_TYPE_NAME);
    const serial = textOf(entry._AUDIT_ID);
    const { at } = timeOf(entry);
    if (type === null || serial === null || at === null || !/^[A-Z0-9_]{1,64}$/.test(type)) return null;
    const body = message.startsWith(`${type} `) ? message.slice(type.length + 1) : message;
    return audit.parse(`type=${type} msg=audit(${(at / 1_000).toFixed(3)}:${serial}): ${body}`, context);
  };
  return {
    parse(line, context) {
      const entry = readJsonObject(line);
      if (entry === null || entry.MESSAGE === undefined) return [rawRecord(line)];
      const message = textOf(entry.MESSAGE) ?? '';
      if (textOf(entry._TRANSPORT) === 'audit') {
        const read = parseAudit(entry, message, context);
        if (read !== null) return read;
      }
      const fields = new FieldSet();
      putJournal(fields, entry);
      const program = programOf(entry);
      const [uid, executable, unit] = [entry._UID, entry._EXE, entry._SYSTEMD_UNIT].map(textOf);
      const sender = senderOf(program, message, {
        uid: uid ?? null,
        executable: executable ?? null,
        unit: unit ?? null,
      });
      if (sender === 'another') fields.put('forged', 'not-of-that-program');
      else if (sender !== 'own') fields.put('unproven', 'sender');
      if (sender === 'unnamed') fields.put('SubjectUserName', `uid ${uid}`);
      // Nobody is to be blamed, and no correlation fed, by what any account can write.
      const believed = sender === 'own' || sender === 'unnamed';
      const understood = understand(believed ? program : '', message, fields, context);
      const { at, timeText } = timeOf(entry);
      const priority = textOf(entry.PRIORITY);
      const own = createRecord({
        at,
        timeText,
        logsource: understood.logsource,
        severity: understood.severity ?? (priority === null ? null : severityOfNumber(Number(priority))),
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

/** Entries of systemd's journal as `journalctl -o json` prints them, routed by unit and program to what is inside. */
export const journalJson: LogFormat = {
  id: 'journal-json',
  createParser: createJournalParser,
  recognises: (lines) =>
    share(lines, (line) => {
      const entry = readJsonObject(line.slice(0, 131_072));
      return entry !== null && Object.hasOwn(entry, '__REALTIME_TIMESTAMP');
    }),
};

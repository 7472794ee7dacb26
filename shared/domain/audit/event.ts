import { z } from 'zod';
import { instant, shortText } from '../bounds.ts';
import { nodeId } from '../node.ts';

/** One value of a field. Numbers stay numbers, so that comparisons of rules need not guess. */
export const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type FieldValue = z.infer<typeof fieldValue>;

/**
 * Fields of a record by name, flat: what was nested is joined with dots (`Event.EventData.Image`). Names are Sigma's where
 * the taxonomy has one (Sigma taxonomy appendix: `Image`, `CommandLine`, `DestinationIp`, `TargetFilename`, `User`), else those of the log.
 */
export type EventFields = Readonly<Record<string, FieldValue | readonly FieldValue[]>>;

/** Where a record comes from, in the words of a Sigma rule's `logsource`. Null: the log says nothing about it. */
export interface LogSource {
  /** `linux`, `mycoswarm`, `windows`. */
  product: string | null;
  /** `process_creation`, `network_connection`, `file_event`; of mycoSwarm `tool_call`, `task`, `peer`, `auth`. */
  category: string | null;
  /** `auditd`, `sshd`, `sudo`, `auth`, `syslog`, `nftables`, `mycoswarm`. */
  service: string | null;
}

/** How a record ranks itself: the levels of syslog (RFC 5424, section 6.2.1) folded to five. */
export const eventSeverity = z.enum(['debug', 'info', 'notice', 'warning', 'error']);
export type EventSeverity = z.infer<typeof eventSeverity>;

/** What a format reads out of a line, or out of several lines that belong together. */
export interface AuditRecord {
  /** Milliseconds since 1970 UTC; null when the line says no time that can be read. */
  at: number | null;
  /** The time as the log has it; null when there is none. */
  timeText: string | null;
  logsource: LogSource;
  severity: EventSeverity | null;
  /** What happened, in one line as the log says it. Hostile text like everything else here. */
  message: string;
  fields: EventFields;
  /** Records with the same group belong to one happening (auditd's `1732261501.123:4711`); null: stands alone. */
  group: string | null;
  /** Put together from several records (a `process_creation` of auditd's SYSCALL, EXECVE and CWD), and not a line itself. */
  derived: boolean;
}

/** A line that was longer than is kept: its length in bytes, and SHA-256 of the whole as 64 hex digits. */
export const cutLine = z.object({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type CutLine = z.infer<typeof cutLine>;

/** An event as it is stored and shown. `number` counts from 1 in the order of storing and is its leaf in the events' ledger. */
export const auditEvent = z.object({
  number: z.int().min(1),
  node: nodeId,
  source: shortText,
  at: instant,
  /** `log`: the line says so. `received`: the line says no time. `implausible`: what it says cannot be (1970, 2100), so it is the time of receipt. */
  timeFrom: z.enum(['log', 'received', 'implausible']),
  timeText: z.string().max(256).nullable(),
  receivedAt: instant,
  logsource: z.object({
    product: shortText.nullable(),
    category: shortText.nullable(),
    service: shortText.nullable(),
  }),
  severity: eventSeverity.nullable(),
  message: z.string().max(16_384),
  fields: z.record(z.string().max(1_024), z.union([fieldValue, z.array(fieldValue).max(1_024)])),
  group: shortText.nullable(),
  derived: z.boolean(),
  /** The line as it was, at most 64 Ki characters of it; empty when it was pruned. */
  raw: z.string().max(65_536),
  cut: cutLine.nullable(),
});
export type AuditEvent = z.infer<typeof auditEvent>;

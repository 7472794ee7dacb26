import type {
  AuditEvent,
  CutLine,
  EventFields,
  EventSeverity,
  LogSource,
} from '#shared/domain/audit/event.ts';
import type { QueriedEvent } from '#shared/domain/audit/event-values.ts';

/** An event before it is shown. Times are milliseconds since 1970 UTC. */
export interface StoredEvent extends QueriedEvent {
  timeFrom: AuditEvent['timeFrom'];
  timeText: string | null;
  receivedAt: number;
  logsource: LogSource;
  severity: EventSeverity | null;
  fields: EventFields;
  derived: boolean;
  cut: CutLine | null;
}

/**
 * The text of an event that is stored, and hashed as a leaf: JSON on one line, names always in this order. What is null or
 * false is left out; a message that is the line itself is not said twice.
 * @param salt 22 characters that nobody can guess, so that a leaf that stays says nothing of a text that was removed
 */
export function recordText(event: StoredEvent, salt: string): string {
  const { logsource, message, raw } = event;
  // One call: what is undefined is left out.
  return JSON.stringify({
    number: event.number,
    at: event.at,
    timeFrom: event.timeFrom,
    timeText: event.timeText ?? undefined,
    receivedAt: event.receivedAt,
    node: event.node,
    source: event.source,
    product: logsource.product ?? undefined,
    category: logsource.category ?? undefined,
    service: logsource.service ?? undefined,
    severity: event.severity ?? undefined,
    group: event.group ?? undefined,
    derived: event.derived || undefined,
    cut: event.cut ?? undefined,
    message: message === raw ? undefined : message,
    fields: event.fields,
    raw,
    salt,
  });
}

/** @returns the event of a text that {@link recordText} wrote; null for anything else */
export function readRecordText(text: string): StoredEvent | null {
  let said: Partial<Record<string, unknown>>;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof said !== 'object' || said === null) return null;
  const { number, at, raw, node, source, fields } = said;
  const sound =
    typeof number === 'number' &&
    typeof at === 'number' &&
    typeof raw === 'string' &&
    typeof node === 'string' &&
    typeof source === 'string' &&
    typeof fields === 'object' &&
    fields !== null;
  if (!sound) return null;
  const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    number,
    node,
    source,
    at,
    timeFrom: (said.timeFrom ?? 'received') as AuditEvent['timeFrom'],
    timeText: word(said.timeText),
    receivedAt: typeof said.receivedAt === 'number' ? said.receivedAt : at,
    logsource: { product: word(said.product), category: word(said.category), service: word(said.service) },
    severity: word(said.severity) as EventSeverity | null,
    message: word(said.message) ?? raw,
    fields: fields as EventFields,
    group: word(said.group),
    derived: said.derived === true,
    raw,
    cut: (said.cut ?? null) as CutLine | null,
  };
}

/** @returns the event as the contract has it */
export function asAuditEvent(event: StoredEvent): AuditEvent {
  return {
    ...event,
    at: new Date(event.at).toISOString(),
    receivedAt: new Date(event.receivedAt).toISOString(),
    fields: event.fields as AuditEvent['fields'],
    message: event.message.slice(0, 16_384),
  };
}

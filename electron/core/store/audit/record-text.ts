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

/** What most events of a batch have in common, as it was written last. */
interface Common {
  receivedAt: number;
  node: string;
  source: string;
  logsource: LogSource;
  severity: EventSeverity | null;
  text: string;
}
let common: Common | null = null;

function commonText(event: StoredEvent): string {
  const { receivedAt, node, source, logsource, severity } = event;
  const isSame =
    common !== null &&
    common.receivedAt === receivedAt &&
    common.logsource === logsource &&
    common.severity === severity &&
    common.node === node &&
    common.source === source;
  if (common !== null && isSame) return common.text;
  let text = `,"receivedAt":${receivedAt},"node":${JSON.stringify(node)},"source":${JSON.stringify(source)}`;
  const { product, category, service } = logsource;
  if (product !== null) text += `,"product":${JSON.stringify(product)}`;
  if (category !== null) text += `,"category":${JSON.stringify(category)}`;
  if (service !== null) text += `,"service":${JSON.stringify(service)}`;
  if (severity !== null) text += `,"severity":"${severity}"`;
  common = { receivedAt, node, source, logsource, severity, text };
  return text;
}

/**
 * The text of an event that is stored, and hashed as a leaf: JSON on one line, names always in this order. What is null or
 * false is left out; a message that is the line itself is not said twice.
 * @param salt 22 characters that nobody can guess, so that a leaf that stays says nothing of a text that was removed
 */
export function recordText(event: StoredEvent, salt: string): string {
  const { timeText, group, cut, message, raw } = event;
  const time = timeText === null ? '' : `,"timeText":${JSON.stringify(timeText)}`;
  let more = group === null ? '' : `,"group":${JSON.stringify(group)}`;
  if (event.derived) more += ',"derived":true';
  if (cut !== null) more += `,"cut":${JSON.stringify(cut)}`;
  if (message !== raw) more += `,"message":${JSON.stringify(message)}`;
  const fields = JSON.stringify(event.fields);
  return `{"number":${event.number},"at":${event.at},"timeFrom":"${event.timeFrom}"${time}${commonText(event)}${more},"fields":${fields},"raw":${JSON.stringify(raw)},"salt":"${salt}"}`;
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

import { hash } from 'node:crypto';
import type { StoredEvent } from '#core/store/audit/record-text.ts';
import type { AuditRecord, EventFields, FieldValue, LogSource } from '#shared/domain/audit/event.ts';
import type { FollowedLine } from '../follow/follower.ts';

/** Bounds of what is kept of one record, in UTF-16 units and pieces. */
const LONGEST_RAW = 65_536;
const LONGEST_MESSAGE = 16_384;
const LONGEST_WORD = 256;
const MOST_FIELDS = 512;
const MOST_VALUES = 1_024;
const LONGEST_NAME = 1_024;

/** Before this nobody ran what is watched; a day ahead a clock is wrong rather than somewhat off. */
const EARLIEST = Date.UTC(2000, 0, 1);
const AHEAD_MS = 86_400_000;

/** Where and when a line came from. */
export interface Origin {
  node: string;
  source: string;
  /** Milliseconds since 1970 UTC. */
  receivedAt: number;
}

/**
 * Makes the event that is stored of a record: bounded, and with a time that can be. A time that is far off is said to be
 * implausible, and the time of receipt stands in for it; its own text stays. Its number is 0 until it is staged.
 * @param line the line that the record was read from; null for records that were put together from several, or waited for more
 */
export function eventOfRecord(
  record: AuditRecord,
  line: FollowedLine | null,
  { node, source, receivedAt }: Origin,
): StoredEvent {
  const { at, timeFrom } = timeOf(record.at, receivedAt);
  const whole = record.derived ? '' : (line?.text ?? record.message);
  const raw = whole.length > LONGEST_RAW ? cutText(whole, LONGEST_RAW) : whole;
  const shortened = raw !== whole && line?.cut === null;
  return {
    number: 0,
    node,
    source,
    receivedAt,
    at,
    timeFrom,
    timeText: record.timeText === null ? null : cutText(record.timeText, LONGEST_WORD),
    logsource: boundedSource(record.logsource),
    severity: record.severity,
    message:
      record.message === whole ? raw.slice(0, LONGEST_MESSAGE) : cutText(record.message, LONGEST_MESSAGE),
    fields: boundedFields(record.fields),
    group: word(record.group),
    derived: record.derived,
    raw,
    cut: shortened
      ? { bytes: Buffer.byteLength(whole), sha256: hash('sha256', whole) }
      : record.derived
        ? null
        : (line?.cut ?? null),
  };
}

function timeOf(said: number | null, receivedAt: number): Pick<StoredEvent, 'at' | 'timeFrom'> {
  if (said === null) return { at: receivedAt, timeFrom: 'received' };
  const at = Math.trunc(said);
  if (at >= EARLIEST && at <= receivedAt + AHEAD_MS) return { at, timeFrom: 'log' };
  return { at: receivedAt, timeFrom: 'implausible' };
}

const word = (text: string | null): string | null => (text === null ? null : cutText(text, LONGEST_WORD));

const isShort = (text: string | null): boolean => text === null || text.length <= LONGEST_WORD;

/** Mostly the one object that all records of a format share. */
function boundedSource(source: LogSource): LogSource {
  const { product, category, service } = source;
  if (isShort(product) && isShort(category) && isShort(service)) return source;
  return { product: word(product), category: word(category), service: word(service) };
}

/** No surrogate pair is torn. */
function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return text.slice(0, /[\ud800-\udbff]/.test(text[limit - 1] ?? '') ? limit - 1 : limit);
}

/** What a log itself calls a node is no node of the swarm, and must not be found or counted as one: `log.node` is its name. */
const isNode = (name: string): boolean => name.length === 4 && name.toLowerCase() === 'node';

/** What formats bound already stays the object that it is. */
function boundedFields(fields: EventFields): EventFields {
  let count = 0;
  let fine = true;
  for (const name in fields) {
    count += 1;
    const value = fields[name];
    if (name.length > LONGEST_NAME || isNode(name) || !isBounded(value)) fine = false;
  }
  if (fine && count <= MOST_FIELDS) return fields;
  const entries = Object.entries(fields).slice(0, MOST_FIELDS);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      isNode(name) ? `log.${name}` : cutText(name, LONGEST_NAME),
      Array.isArray(value)
        ? value.slice(0, MOST_VALUES).map(boundedValue)
        : boundedValue(value as FieldValue),
    ]),
  );
}

function isBounded(value: EventFields[string] | undefined): boolean {
  if (typeof value === 'string') return value.length <= LONGEST_RAW;
  if (typeof value === 'number') return Number.isFinite(value);
  return !Array.isArray(value) || (value.length <= MOST_VALUES && value.every((one) => isBounded(one)));
}

/** JSON knows no NaN and no infinity: they stay readable as text. */
function boundedValue(value: FieldValue): FieldValue {
  if (typeof value === 'string') return cutText(value, LONGEST_RAW);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

import type { EventFields, FieldValue } from '#shared/domain/audit/event.ts';
import { fieldOf } from '../match/event.ts';
import { numberOf } from '../match/values.ts';

const NAMES = [
  '@timestamp',
  'TimeCreated_SystemTime',
  'SystemTime',
  'UtcTime',
  'EventTime',
  'timestamp',
  'time',
  'datetime',
  'ts',
];

/**
 * When an event happened, by the first field that says so: ISO 8601 (UTC where no zone is written), or a number of seconds or smaller
 * units since 1970.
 * @returns milliseconds since 1970 UTC; null when no field says it
 */
export function eventTime(fields: EventFields): number | null {
  for (const name of NAMES) {
    const held = fieldOf(fields, name);
    const at = held === undefined || Array.isArray(held) ? null : timeOf(held as FieldValue);
    if (at !== null) return at;
  }
  return null;
}

function timeOf(value: FieldValue): number | null {
  const number = numberOf(value);
  if (number !== null) {
    if (number <= 0) return null;
    let milliseconds = number < 1e11 ? number * 1_000 : number;
    while (milliseconds > 1e14) milliseconds /= 1_000;
    return milliseconds;
  }
  if (typeof value !== 'string' || value.length > 64) return null;
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(value);
  const at = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`);
  return Number.isNaN(at) ? null : at;
}

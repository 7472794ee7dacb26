import type { FieldValue } from '#shared/domain/audit/event.ts';
import type { Comparison, TimePart } from '../rule/expression.ts';

/** A value as it is compared with texts; null when there is nothing to compare. */
export function textOf(value: FieldValue): string | null {
  return typeof value === 'string' ? value : value === null ? null : String(value);
}

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const HEXADECIMAL = /^\s*0[xX][0-9a-fA-F]{1,13}\s*$/;

/** A value as a number: numbers, and text that is nothing but a decimal or hexadecimal number. */
export function numberOf(value: FieldValue): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 64) return null;
  return NUMBER.test(value) || HEXADECIMAL.test(value) ? Number(value) : null;
}

/** Whether `left` stands to `right` as the modifier says. */
export function compares(left: number, comparison: Comparison, right: number): boolean {
  switch (comparison) {
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'eq':
      return left === right;
  }
}

const DATE = /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?/;

/** Week of the year by ISO 8601: the first one has the year's first Thursday. */
function isoWeek(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  return Math.ceil(((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7);
}

/**
 * A part of a date, as it is written: no zone is converted (Sigma modifiers appendix 2.1, "Time Modifiers"). Numbers are taken for
 * seconds, milliseconds, microseconds or nanoseconds since 1970 UTC by their size.
 * @returns null when the value is no date, or the part is not written
 */
export function timePart(value: FieldValue, part: TimePart): number | null {
  const written = typeof value === 'string' && !NUMBER.test(value) ? value : isoOf(numberOf(value));
  const match = written === null ? null : DATE.exec(written);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0] = match.slice(1, 4).map(Number);
  switch (part) {
    case 'year':
      return year;
    case 'month':
      return month;
    case 'day':
      return day;
    case 'week':
      return isoWeek(year, month, day);
    case 'hour':
      return match[4] === undefined ? null : Number(match[4]);
    case 'minute':
      return match[5] === undefined ? null : Number(match[5]);
  }
}

function isoOf(since: number | null): string | null {
  if (since === null || !Number.isFinite(since)) return null;
  let milliseconds = Math.abs(since) < 1e11 ? since * 1_000 : since;
  while (Math.abs(milliseconds) > 1e14) milliseconds /= 1_000;
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

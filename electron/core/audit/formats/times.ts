import type { ParseContext } from './format.ts';

/** A time that was read, and the place behind it. */
export interface ReadTime {
  /** Milliseconds since 1970 UTC; null when the text has the form of a time and is none (31 February). */
  at: number | null;
  /** Place behind the time, in UTF-16 units. */
  end: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Sticky: `Nov  2 03:04:05`, the time stamp of RFC 3164, section 4.1.2. */
const BSD = /([A-Z][a-z]{2}) ([ \d]?\d) (\d\d):(\d\d):(\d\d)/y;
const DAY = 86_400_000;
/** Furthest time that a Date can hold. */
const LAST = 8.64e15;

/** The time of a date in UTC; null when there is no such date. Second 60 is a leap second and the next minute. */
function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  if (hour > 23 || minute > 59 || second > 60 || day < 1 || month < 1 || month > 12) return null;
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC takes years below 100 for 19xx; such a log line is nonsense anyway.
  if (year < 100 || (day > 28 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day)) return null;
  return at;
}

/** The two digits at a place; below zero when there are not two. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -100;
}

const [HYPHEN, COLON, SPACE, PLUS, COMMA, DOT] = [45, 58, 32, 43, 44, 46];

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The last date that was read: lines that follow each other are nearly always of the same day. */
let day = { number: -1, from: null as number | null };

function midnight(year: number, month: number, date: number): number | null {
  const number = (year * 100 + month) * 100 + date;
  if (day.number !== number) day = { number, from: utc(year, month, date, 0, 0, 0) };
  return day.from;
}

/** Minutes east of UTC of a zone at a place, and the place behind it; null when there is none. */
function readZone(text: string, at: number): { minutes: number; end: number } | null {
  const sign = text.charCodeAt(at);
  if (sign === 90 || sign === 122) return notGoingOn(text, 0, at + 1);
  if (sign !== PLUS && sign !== HYPHEN) return null;
  const hours = two(text, at + 1);
  const from = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
  const minutes = two(text, from);
  if (hours < 0 || minutes < 0) return null;
  return notGoingOn(text, (sign === HYPHEN ? -1 : 1) * (hours * 60 + minutes), from + 2);
}

/** What goes on with a digit or a colon is no zone. */
function notGoingOn(text: string, minutes: number, end: number): { minutes: number; end: number } | null {
  const next = text.charCodeAt(end);
  return isDigit(next) || next === COLON ? null : { minutes, end };
}

/**
 * Reads a time with its year at a place of a text: date, `T` or blank, time, fraction, zone (RFC 3339, and what Python's logging writes, with
 * `,` before the fraction). Without a zone it is in the node's.
 * @returns null when there is none of this form
 */
export function readIsoTime(text: string, start: number, context: ParseContext): ReadTime | null {
  if (text.charCodeAt(start + 4) !== HYPHEN || text.charCodeAt(start + 7) !== HYPHEN) return null;
  if (text.charCodeAt(start + 13) !== COLON || text.charCodeAt(start + 16) !== COLON) return null;
  const between = text.charCodeAt(start + 10);
  if (between !== 84 && between !== 116 && between !== SPACE) return null;
  const [century, years] = [two(text, start), two(text, start + 2)];
  const [month, date] = [two(text, start + 5), two(text, start + 8)];
  const [hour, minute, second] = [two(text, start + 11), two(text, start + 14), two(text, start + 17)];
  if (century < 0 || years < 0 || month < 0 || date < 0 || hour < 0 || minute < 0 || second < 0) return null;
  let end = start + 19;
  let milliseconds = 0;
  const mark = text.charCodeAt(end);
  if ((mark === DOT || mark === COMMA) && isDigit(text.charCodeAt(end + 1))) {
    end += 1;
    for (
      let [digits, unit] = [0, 100];
      digits < 9 && isDigit(text.charCodeAt(end));
      digits += 1, unit /= 10
    ) {
      if (digits < 3) milliseconds += unit * (text.charCodeAt(end) - 48);
      end += 1;
    }
  }
  const zone = readZone(text, text.charCodeAt(end) === SPACE ? end + 1 : end);
  const from = midnight(century * 100 + years, month, date);
  if (zone !== null) end = zone.end;
  if (from === null || hour > 23 || minute > 59 || second > 60) return { at: null, end };
  const offset = zone === null ? context.utcOffsetMinutes : zone.minutes;
  return { at: from + (hour * 3_600 + minute * 60 + second) * 1_000 + milliseconds - offset * 60_000, end };
}

/** Of several times the one nearest to the time of receipt. */
function nearest(times: readonly (number | null)[], context: ParseContext): number | null {
  let best: number | null = null;
  for (const at of times) {
    if (at === null) continue;
    if (best === null || Math.abs(at - context.receivedAt) < Math.abs(best - context.receivedAt)) best = at;
  }
  return best;
}

let known = { year: 1970, from: 0, to: 0 };

/** The year of a time in UTC. Lines of a batch were all received in the same year, so the last one is kept. */
function yearOf(at: number): number {
  if (at >= known.from && at < known.to) return known.year;
  const year = new Date(at).getUTCFullYear();
  known = { year, from: Date.UTC(year, 0, 1), to: Date.UTC(year + 1, 0, 1) };
  return year;
}

/**
 * Reads a time without a year (RFC 3164) at a place of a text: the year is the one that puts it nearest to the time of receipt.
 * @returns null when there is none of this form
 */
export function readBsdTime(text: string, start: number, context: ParseContext): ReadTime | null {
  BSD.lastIndex = start;
  const match = BSD.exec(text);
  if (match === null) return null;
  const month = MONTHS.indexOf(match[1] ?? '') + 1;
  if (month === 0) return null;
  const day = Number(match[2]);
  const hour = Number(match[3]);
  const minute = Number(match[4]);
  const second = Number(match[5]);
  const shift = context.utcOffsetMinutes * 60_000;
  const year = yearOf(context.receivedAt + shift);
  const inYear = (each: number): number | null => {
    const at = utc(each, month, day, hour, minute, second);
    return at === null ? null : at - shift;
  };
  const end = start + match[0].length;
  const at = inYear(year);
  // Nearer than half a year: no other year can be nearer.
  if (at !== null && Math.abs(at - context.receivedAt) < 180 * DAY) return { at, end };
  return { at: nearest([inYear(year - 1), at, inYear(year + 1)], context), end };
}

/** The time of a clock without a date: on the day that puts it nearest to the time of receipt; null for `25:00:00`. */
export function clockTime(
  hour: number,
  minute: number,
  second: number,
  context: ParseContext,
): number | null {
  if (hour > 23 || minute > 59 || second > 60) return null;
  const shift = context.utcOffsetMinutes * 60_000;
  const midnight = Math.floor((context.receivedAt + shift) / DAY) * DAY - shift;
  const at = midnight + hour * 3_600_000 + minute * 60_000 + second * 1_000;
  return nearest([at - DAY, at, at + DAY], context);
}

/**
 * A number as a time since 1970: its size says whether it counts seconds, milli-, micro- or nanoseconds.
 * @returns milliseconds, or null for what no Date can hold
 */
export function epochTime(number: number): number | null {
  if (!Number.isFinite(number)) return null;
  const size = Math.abs(number);
  const at =
    size < 1e11 ? number * 1_000 : size < 1e14 ? number : size < 1e17 ? number / 1_000 : number / 1e6;
  return Math.abs(at) > LAST ? null : Math.floor(at + 1e-6);
}

/** A time as a field has it: a number since 1970, digits, or an ISO time; null when it is none of these. */
export function timeOfValue(value: unknown, context: ParseContext): number | null {
  if (typeof value === 'number') return epochTime(value);
  if (typeof value !== 'string' || value.length > 64) return null;
  if (/^\d{9,19}(?:\.\d{1,9})?$/.test(value)) return epochTime(Number(value));
  return (readIsoTime(value, 0, context) ?? readBsdTime(value, 0, context))?.at ?? null;
}

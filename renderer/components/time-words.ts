const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });
const DAY_MONTH = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY_MONTH_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const DAY_LONG_MONTH = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const DAY_LONG_MONTH_YEAR = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const WEEKDAY_DATE = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const EXACT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
  timeZoneName: 'short',
});

/** @returns hours and minutes in local time: `18:52` */
export function clockTime(at: string): string {
  return CLOCK.format(new Date(at));
}

/** @returns the whole instant in local time, for the hover: `Sat, 21 Nov 2026, 18:52:07 CET` */
export function exactTime(at: string): string {
  return EXACT.format(new Date(at));
}

/** @returns day and clock for the line above a page's sentence: `Saturday 21 November, 19:20` */
export function dayAndClock(at: number): string {
  const date = new Date(at);
  return `${WEEKDAY_DATE.format(date).replace(',', '')}, ${CLOCK.format(date)}`;
}

/**
 * A day in words; the year only when it is another one.
 * @param at ISO 8601
 * @param now milliseconds
 * @param short `12 Dec` rather than `12 December`
 */
export function dayInWords(at: string, now: number, short = false): string {
  const date = new Date(at);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  if (short) return (sameYear ? DAY_MONTH : DAY_MONTH_YEAR).format(date);
  return (sameYear ? DAY_LONG_MONTH : DAY_LONG_MONTH_YEAR).format(date);
}

/** @returns a day with its weekday: `Tuesday 22 December`; the year only when it is another one */
export function dayAndWeekday(at: string, now: number): string {
  return `${WEEKDAY.format(new Date(at))} ${dayInWords(at, now)}`;
}

/**
 * A point in time that does not move with the clock: `22 November, 01:38`; the year only when it is another one.
 * @param at ISO 8601
 * @param now milliseconds
 */
export function pointInTime(at: string, now: number): string {
  return `${dayInWords(at, now)}, ${clockTime(at)}`;
}

/**
 * How long ago, in words.
 * @param at ISO 8601
 * @param now milliseconds
 * @param short for right edges: the clock today, `yesterday`, `4 days ago`, then the day
 */
export function relativeTime(at: string, now: number, short = false): string {
  const then = Date.parse(at);
  if (Number.isNaN(then)) return '';
  const past = now - then;
  if (past < 0) return inFuture(at, -past, now);
  if (short) {
    const days = calendarDays(then, now);
    if (days === 0) return clockTime(at);
    if (days === 1) return 'yesterday';
    return days < 7 ? `${days} days ago` : dayInWords(at, now, true);
  }
  if (past < MINUTE) return 'just now';
  if (past < HOUR) return ago(Math.floor(past / MINUTE), 'minute');
  if (past < 12 * HOUR) return ago(Math.floor(past / HOUR), 'hour');
  const days = calendarDays(then, now);
  if (days === 0) return `today at ${clockTime(at)}`;
  if (days === 1) return `yesterday at ${clockTime(at)}`;
  return days < 7 ? `${days} days ago` : dayInWords(at, now);
}

function inFuture(at: string, ahead: number, now: number): string {
  if (ahead < MINUTE) return 'in a moment';
  if (ahead < HOUR) return `in ${count(Math.round(ahead / MINUTE), 'minute')}`;
  return calendarDays(now, Date.parse(at)) === 0 ? `at ${clockTime(at)}` : `on ${dayInWords(at, now)}`;
}

function ago(amount: number, unit: string): string {
  return `${count(amount, unit)} ago`;
}

/** @returns a number with its noun: `1 minute`, `3 minutes` */
export function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Midnights between two instants, in local time. */
function calendarDays(from: number, to: number): number {
  const midnight = (time: number) => {
    const date = new Date(time);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

/** Longest time for which something is accepted in one go. */
export const LONGEST_DAYS = 365;
const DAY_MS = 86_400_000;

/** @returns the day so many days from today in local time, as `2026-12-12` */
export function dayAfter(days: number): string {
  const date = new Date(Date.now() + days * DAY_MS);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last second of a day in local time: "until 12 December" includes the day. */
export function endOf(day: string): Date {
  return new Date(`${day}T23:59:59`);
}

/** @returns what is wrong with a chosen day, in one sentence; null when it can be taken */
export function problemWithDay(day: string): string | null {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(day) ? endOf(day).getTime() : Number.NaN;
  if (Number.isNaN(end)) return 'Choose a day.';
  if (end < Date.now()) return 'Choose a day that is not over.';
  if (end > Date.now() + (LONGEST_DAYS + 1) * DAY_MS) return 'Choose a day within a year.';
  return null;
}

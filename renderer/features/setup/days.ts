const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * A day some days from now, as a date field has it.
 * @param now milliseconds
 * @param days how many days later
 * @returns `YYYY-MM-DD` in local time
 */
export function dayFromNow(now: number, days: number): string {
  const date = new Date(now + days * DAY_MS);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * The last instant of a day in local time, so that "until the 12th" includes the 12th.
 * @param day `YYYY-MM-DD`
 * @returns ISO 8601 in UTC
 */
export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59.000`).toISOString();
}

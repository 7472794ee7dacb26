const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The longest time back that is read: ten years. */
const LONGEST_MS = 3_650 * 86_400_000;

/** @returns milliseconds of `-15m`, `-2h`, `-1d`, `-1w`, `-30s`; null for anything else */
export function readAgo(text: string): number | null {
  const match = /^-(\d{1,9})([smhdw])$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0);
  return ms <= LONGEST_MS ? ms : null;
}

/** @returns what {@link readAgo} reads, in the largest unit that fits */
export function writeAgo(ms: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's']) {
    const size = UNIT_MS[unit] ?? 1;
    if (ms > 0 && ms % size === 0) return `-${ms / size}${unit}`;
  }
  return `-${Math.round(ms / 1_000)}s`;
}

/**
 * A moment as it is written in a query: a day, a minute, a second or a millisecond in UTC (`2026-11-22`, `2026-11-22T10:00`,
 * `2026-11-22T10:00:05Z`), `now`, or so long before now (`-15m`).
 * @returns its first millisecond and the first one after it, so that a whole day is meant by its name; null when it is none
 */
export function readMoment(text: string, now: number): { from: number; to: number } | null {
  if (text.toLowerCase() === 'now') return { from: now, to: now + 1 };
  const ago = readAgo(text);
  if (ago !== null) return { from: now - ago, to: now - ago + 1 };
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?Z?$/i.exec(text);
  if (match === null) return null;
  const [, day = '', minute, second, fraction] = match;
  const from = Date.parse(
    `${day}T${minute ?? '00:00'}:${second ?? '00'}.${(fraction ?? '0').padEnd(3, '0')}Z`,
  );
  if (Number.isNaN(from)) return null;
  const wide =
    minute === undefined ? 86_400_000 : second === undefined ? 60_000 : fraction === undefined ? 1_000 : 1;
  return { from, to: from + wide };
}

import type { FindingStatus } from '#shared/domain/finding.ts';
import { statusWord } from './status-words.ts';

/** One day of a history; null when nobody looked. */
export interface Day {
  day: string;
  status: FindingStatus | null;
}

/**
 * The strip in words: how often something was wrong, what could not be seen, and how it is now since when.
 * @param days one entry a day, oldest first
 */
export function historyInWords(days: readonly Day[]): string {
  const seen = days.filter((entry) => entry.status !== null);
  const now = seen.at(-1)?.status;
  if (!now) return 'nobody looked';
  let since = seen.length - 1;
  while (since > 0 && seen[since - 1]?.status === now) since -= 1;
  const held = seen.length - since;
  const earlier = seen.slice(0, since);
  const usual = mostOften(earlier);
  const blind = earlier.filter((entry) => entry.status === 'unknown').length;
  const parts = [
    usual && usual !== 'unknown' && statusWord(usual),
    blind > 0 && `${blind} ${blind === 1 ? 'day' : 'days'} not seen`,
    since === 0 ? `${statusWord(now)} on every day seen` : `${statusWord(now)} ${sinceInWords(held)}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function sinceInWords(held: number): string {
  return held === 1 ? 'since today' : `for ${held} days`;
}

function mostOften(entries: readonly { status: FindingStatus | null }[]): FindingStatus | null {
  const counts = new Map<FindingStatus, number>();
  for (const { status } of entries) if (status) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;
}

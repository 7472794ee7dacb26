import type { FindingStatus } from '#shared/domain/finding.ts';
import { statusWord } from './status.tsx';
import './history-strip.css';

export interface HistoryStripProps {
  /** One entry a day, oldest first; null when nobody looked. */
  days: readonly { day: string; status: FindingStatus | null }[];
}

/** One mark a day: low bar fine, tall block to do something, dashed outline could not look, dot nobody looked. */
export function HistoryStrip({ days }: HistoryStripProps) {
  const words = historyInWords(days);
  return (
    <figure className="history-strip">
      <figcaption className="history-strip__words">
        <span>Last {days.length} days</span>
        <span>{words}</span>
      </figcaption>
      <div className="history-strip__days" aria-hidden="true">
        {days.map(({ day, status }) => (
          <span
            key={day}
            className={`history-strip__day history-strip__day--${status ?? 'none'}`}
            title={`${day}: ${status ? statusWord(status) : 'nobody looked'}`}
          />
        ))}
      </div>
    </figure>
  );
}

/**
 * The strip in words: how often something was wrong, what could not be seen, and how it is now since when.
 * @param days one entry a day, oldest first
 */
export function historyInWords(days: HistoryStripProps['days']): string {
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

import type { FindingStatus } from '#shared/domain/finding.ts';
import { historyInWords } from './history-words.ts';
import { statusWord } from './status-words.ts';
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

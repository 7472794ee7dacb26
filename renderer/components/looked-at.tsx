import { RelativeTime, useNow } from './relative-time.tsx';
import { exactTime, pointInTime } from './time-words.ts';

export interface LookedAtProps {
  /** ISO 8601. */
  at: string;
  /** Recorded facts: dated by when they were recorded, which no look makes newer. */
  recorded: boolean;
  /** At the beginning of a line. */
  capital?: boolean;
}

/** When something was seen: `looked 3 minutes ago`, or of recorded facts `recorded 22 November, 01:38`. */
export function LookedAt({ at, recorded, capital = false }: LookedAtProps) {
  const now = useNow();
  if (!recorded) {
    return (
      <>
        {capital ? 'Looked' : 'looked'} <RelativeTime at={at} />
      </>
    );
  }
  return (
    <>
      {capital ? 'Recorded' : 'recorded'}{' '}
      <time dateTime={at} title={exactTime(at)} className="tabular">
        {pointInTime(at, now)}
      </time>
    </>
  );
}

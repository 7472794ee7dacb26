import { useSyncExternalStore } from 'react';
import { exactTime, relativeTime } from './time-words.ts';

const STEP_MS = 15_000;
let present = Date.now();
const listeners = new Set<() => void>();
let ticker: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (ticker === undefined) {
    // No clock ran while nobody asked for the time: what is kept may be hours old.
    present = Date.now();
    ticker = setInterval(() => {
      present = Date.now();
      for (const told of listeners) told();
    }, STEP_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(ticker);
      ticker = undefined;
    }
  };
}

/** The present time in milliseconds, renewed every 15 seconds; one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => present);
}

export interface RelativeTimeProps {
  /** ISO 8601. */
  at: string;
  /** Short forms for right edges: `18:52`, `since`-able `3 Nov`; else `3 minutes ago`. */
  short?: boolean;
}

/** Near in words, exact one hover away. */
export function RelativeTime({ at, short = false }: RelativeTimeProps) {
  const now = useNow();
  // A look that ended after the last tick is not in the future.
  const reference = Math.max(now, Math.min(Date.parse(at), Date.now()));
  return (
    <time dateTime={at} title={exactTime(at)} className="tabular">
      {relativeTime(at, reference, short)}
    </time>
  );
}

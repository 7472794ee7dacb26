import { useEffect, useState } from 'react';

/** Often enough that no second is skipped. */
const TICK_MS = 250;

/** @returns whole seconds until an instant, 0 when it is over; drawn anew once a second */
export function useSecondsLeft(until: string): number {
  const end = Date.parse(until);
  const [left, setLeft] = useState(() => secondsUntil(end, Date.now()));
  useEffect(() => {
    const tick = () => setLeft(secondsUntil(end, Date.now()));
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [end]);
  return left;
}

function secondsUntil(end: number, now: number): number {
  return Math.max(0, Math.ceil((end - now) / 1_000));
}

/** @returns minutes and seconds: `6:48`, `0:09` */
export function minutesAndSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * What a screen reader is told: once at the beginning, at each full minute, at ten seconds, and at the end.
 * @param left whole seconds
 * @param first nothing was said before
 * @returns the words, or null when there is nothing to say at this second
 */
export function announcement(left: number, first: boolean): string | null {
  if (left === 0) return 'The time is over.';
  if (!first && left !== 10 && left % 60 !== 0) return null;
  const minutes = Math.floor(left / 60);
  const seconds = left % 60;
  const parts = [
    minutes > 0 && `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
    seconds > 0 && `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`,
  ].filter(Boolean);
  return `${parts.join(' ')} left.`;
}

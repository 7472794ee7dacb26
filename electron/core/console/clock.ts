/** The console's time, so that a test can let years pass. */
export interface Clock {
  now(): Date;
  /** Calls back once after `ms` milliseconds. @returns a function that calls it off */
  after(ms: number, callback: () => void): () => void;
}

/** The clock of this computer. Its timers never keep a process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** @returns the calendar day as the operator counts it (time zone of this computer), `YYYY-MM-DD` */
export function localDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

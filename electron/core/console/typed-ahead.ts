import type { Readable } from 'node:stream';

/** What makes a stream a keyboard: raw mode lets lines be read that nobody has asked for yet, and shows nothing of them. */
export interface Keyboard {
  isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

/** Milliseconds of silence after which the terminal holds nothing that was typed before. */
const QUIET_MS = 150;
/** Somebody who types on and on is asked nothing. */
const MOST_MS = 5_000;

/**
 * Throws away everything that was typed before a question stands there: a terminal keeps lines that nobody asked for, and the next
 * question would take the first of them as its answer. Leaves the terminal paused, and not in raw mode.
 * @returns whether it is silent now; false when keys keep coming, or when it was closed: then nothing may be asked
 */
export function discardTyped(input: Readable & Keyboard, quietMs = QUIET_MS): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (silent: boolean): void => {
      clearTimeout(quiet);
      clearTimeout(most);
      input.off('data', drop);
      input.off('end', closed);
      input.pause();
      input.setRawMode?.(false);
      resolve(silent);
    };
    const closed = (): void => end(false);
    let quiet = setTimeout(() => end(true), quietMs);
    const most = setTimeout(closed, MOST_MS);
    const drop = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(() => end(true), quietMs);
    };
    input.setRawMode?.(true);
    input.on('data', drop);
    input.on('end', closed);
    input.resume();
  });
}

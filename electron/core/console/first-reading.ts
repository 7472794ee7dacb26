import type { Clock } from './clock.ts';
import type { LookBoard } from './look-board.ts';

/** Milliseconds that an overview waits at most: reading and judging a recording takes half of that on a small machine. */
const AT_MOST_MS = 300;

/**
 * Settles when no recording is being read for the first time: at once when none is, and after 300 ms at the latest. Who asks in this
 * moment what is to be seen would be told "nothing yet", and draw its page twice.
 */
export function recordingsRead(
  board: Pick<LookBoard, 'firstOfRecordings' | 'topic'>,
  clock: Clock,
): Promise<void> {
  if (!board.firstOfRecordings()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      unsubscribe();
      callOff();
      resolve();
    };
    const callOff = clock.after(AT_MOST_MS, end);
    const unsubscribe = board.topic.onDelta(() => {
      if (!board.firstOfRecordings()) end();
    });
  });
}

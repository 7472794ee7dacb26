import type { LogReach } from './log-reach.ts';
import type { ReaderOptions } from './log-reader.ts';
import type { ReadingRoom } from './reading-room.ts';

/** How long a rotated file may get the rest of a line, unless an option says something else. */
export const SETTLE_MS = 2_000;

export interface FileFollowerOptions extends ReaderOptions {
  reach: LogReach;
  /** Absolute path of the file that is written to. */
  path: string;
  /** What was stored with the last batch; anything else is taken as "never followed". */
  position?: unknown;
  settleMs?: number | undefined;
  /** What all followers of the thread share; one of its own when left out. */
  room?: ReadingRoom | undefined;
}

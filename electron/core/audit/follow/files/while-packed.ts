import { type LogReach, RotatingNow, type SeenFile } from './log-reach.ts';
import type { LogReader } from './log-reader.ts';
import { Patience } from './patience.ts';
import { hasChanged, isChanging } from './rotation-chain.ts';

/**
 * Nothing is concluded from a packed file that is still being packed: neither that it is damaged, nor how it came to be, for a packer
 * sets the time of change by which that is seen when it ends.
 */
export class WhilePacked {
  readonly #reach: LogReach;
  readonly #patience = new Patience('It was being packed while it was read; looking again.');

  constructor(reach: LogReach) {
    this.#reach = reach;
  }

  /** @returns why nothing can be said of a file that could not be unpacked; null when it is as it will stay */
  async stillPacked(file: SeenFile): Promise<RotatingNow | null> {
    const changing = await isChanging(this.#reach, file);
    return changing ? new RotatingNow('It is being packed at this moment; looking again.') : null;
  }

  /**
   * What was seen of a file while it was being packed says nothing of how it came to be.
   * @param reader at the end of one that was taken for a copy; when it changed all the time, that is not known of it any more
   * @returns why it has to be read again; null when it need not be
   */
  async judgeAgain(reader: LogReader): Promise<RotatingNow | null> {
    const changed = reader.judgedBy !== null && (await hasChanged(this.#reach, reader.judgedBy));
    try {
      this.#patience.waitWhile(changed);
    } catch (error) {
      if (error instanceof RotatingNow) return error;
      throw error;
    }
    if (changed) reader.way = 'unknown';
    return null;
  }
}

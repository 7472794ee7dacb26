import { BackOff } from './back-off.ts';
import type { FileStatus } from './file-status.ts';
import type { LogReader } from './log-reader.ts';
import type { Guest, ReadingRoom } from './reading-room.ts';
import { Waker } from './waker.ts';

/** Bytes of an unfinished line beyond which it needs a desk: less than what a first look at a log reads. */
const LONG_LINE = 60 * 1024;
/** How long an unfinished line that does not grow may keep a desk that somebody else waits for. */
const IDLE_MS = 2_000;
const WAITS = 'Its lines are very long, or it is packed: it waits until others like it have been read.';

/** When a follower may go on: neither more in memory than all may have together, nor asking in vain without pause. */
export class Pace {
  readonly backOff = new BackOff();
  readonly #guest: Guest;
  readonly #ending = new Waker();
  #wantsDesk = false;
  /** It waited for its desk, and has not come to what it needs that for yet. */
  #isDue = false;

  constructor(room: ReadingRoom) {
    this.#guest = room.enter();
  }

  /** Waits where something was claimed again and again that never came, and says so. */
  async rest(status: FileStatus): Promise<void> {
    const due = this.backOff.take();
    if (due === null) return;
    this.#guest.rise();
    status.say('waiting', due.words);
    await this.#ending.wait(due.pauseMs);
  }

  /** Waits for its turn where it had to let go of what it held. */
  async turn(status: FileStatus): Promise<void> {
    if (!this.#wantsDesk) return;
    status.say('catching-up', WAITS);
    await this.#guest.desk();
    this.#wantsDesk = false;
    this.#isDue = true;
  }

  /** @returns whether a reader may read on; else it has to be let go, and {@link turn} comes first */
  async mayRead(reader: LogReader): Promise<boolean> {
    if (!needsDesk(reader)) {
      if (!this.#isDue) this.#guest.leaveDesk();
    } else if (!this.#guest.tryDesk()) return this.#refuse();
    else this.#isDue = false;
    if (reader.hasMore) await this.#guest.sit();
    return true;
  }

  /** @returns whether an unfinished line that does not grow may stay in memory */
  mayStay(reader: LogReader): boolean {
    if (!this.#guest.atDesk || !this.#guest.deskWanted) return true;
    if (performance.now() - reader.grewAt < IDLE_MS) return true;
    this.#guest.leaveDesk();
    return this.#refuse();
  }

  /** Waits until what was read may be kept until somebody takes it. */
  keep(): Promise<void> {
    return this.#guest.sit();
  }

  /** What was read was taken. */
  taken(): void {
    this.#guest.rise();
  }

  /** There is nothing to read at the moment. */
  idle(reader: LogReader | null): void {
    this.#guest.rise();
    if (reader === null || !needsDesk(reader)) this.#guest.leaveDesk();
  }

  /** Ends all waiting, for good. */
  end(): void {
    this.#guest.leave();
    this.#ending.wake();
  }

  #refuse(): false {
    this.#wantsDesk = true;
    return false;
  }
}

const needsDesk = (reader: LogReader): boolean =>
  reader.packing !== 'none' || reader.splitter.waiting > LONG_LINE;

/** Followers that may have read something at the same time that nobody has taken yet: at most a megabyte each. */
const SEATS = 6;
/** Followers that may hold an unfinished line of many megabytes, or unpack a file, at the same time: each takes as much as all the rest. */
const DESKS = 1;

/** So many may have something at once; the others wait in their order. */
class Places {
  #free: number;
  readonly #queue: { guest: Guest; resolve: (got: boolean) => void }[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  get wanted(): boolean {
    return this.#queue.length > 0;
  }

  tryTake(): boolean {
    if (this.#free === 0 || this.wanted) return false;
    this.#free -= 1;
    return true;
  }

  /** @returns false when it was let go without a place */
  take(guest: Guest): Promise<boolean> {
    if (this.tryTake()) return Promise.resolve(true);
    return new Promise((resolve) => this.#queue.push({ guest, resolve }));
  }

  giveBack(): void {
    const next = this.#queue.shift();
    if (next) next.resolve(true);
    else this.#free += 1;
  }

  /** Lets whoever waits go without a place. */
  forget(guest: Guest): void {
    const at = this.#queue.findIndex((one) => one.guest === guest);
    if (at !== -1) this.#queue.splice(at, 1)[0]?.resolve(false);
  }
}

/**
 * Bounds what all followers of a thread hold in memory, however many there are: what has no place here stays in the log. Nobody who
 * waits for a desk has a seat, and nobody who has a seat waits for anything but whoever takes what was read; so it always goes on.
 */
export class ReadingRoom {
  readonly seats: Places;
  readonly desks: Places;

  constructor(seats = SEATS, desks = DESKS) {
    this.seats = new Places(seats);
    this.desks = new Places(desks);
  }

  /** @returns what one follower has of it */
  enter(): Guest {
    return new Guest(this);
  }
}

/** One follower in the room. */
export class Guest {
  readonly #room: ReadingRoom;
  #seated = false;
  #atDesk = false;
  #left = false;

  constructor(room: ReadingRoom) {
    this.#room = room;
  }

  get atDesk(): boolean {
    return this.#atDesk;
  }

  /** Somebody waits for a desk. */
  get deskWanted(): boolean {
    return this.#room.desks.wanted;
  }

  /** Waits for a seat; nothing when it has one. */
  async sit(): Promise<void> {
    if (this.#seated || this.#left) return;
    if (!(await this.#room.seats.take(this))) return;
    // It may have left in the same moment.
    if (this.#left) this.#room.seats.giveBack();
    else this.#seated = true;
  }

  /** What was read was taken, or there was nothing. */
  rise(): void {
    if (this.#seated) this.#room.seats.giveBack();
    this.#seated = false;
  }

  /** @returns whether it has a desk now, without waiting */
  tryDesk(): boolean {
    if (!this.#atDesk && !this.#left) this.#atDesk = this.#room.desks.tryTake();
    return this.#atDesk || this.#left;
  }

  /** Waits for a desk, without a seat. */
  async desk(): Promise<void> {
    if (this.#atDesk || this.#left) return;
    this.rise();
    if (!(await this.#room.desks.take(this))) return;
    if (this.#left) this.#room.desks.giveBack();
    else this.#atDesk = true;
  }

  leaveDesk(): void {
    if (this.#atDesk) this.#room.desks.giveBack();
    this.#atDesk = false;
  }

  /** Gives everything back, for good. Idempotent. */
  leave(): void {
    this.rise();
    this.leaveDesk();
    this.#left = true;
    this.#room.seats.forget(this);
    this.#room.desks.forget(this);
  }
}

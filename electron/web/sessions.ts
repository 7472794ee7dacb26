import { digestOf, matches, newSecret } from './secrets.ts';

/** Seconds after which a session ends, used or not. */
export const SESSION_LASTS_S = 12 * 60 * 60;
const MOST_SESSIONS = 32;

export interface Session {
  /** Name for limits and logs; opens nothing. */
  client: string;
  /** Milliseconds since the epoch. */
  endsAt: number;
}

interface Kept extends Session {
  cookie: Buffer;
  token: Buffer;
}

/**
 * Sessions of this run of the console: in memory, so they end with it. Each needs two secrets, the browser's cookie and
 * the tab's token, for a cookie is sent to every port of this computer.
 */
export class Sessions {
  readonly #now: () => number;
  readonly #onEnd: (session: Session) => void;
  #open: Kept[] = [];
  #count = 0;

  /**
   * @param onEnd told of every session that ended: what it had open must end too
   * @param now milliseconds since the epoch
   */
  constructor(onEnd: (session: Session) => void, now: () => number = Date.now) {
    this.#onEnd = onEnd;
    this.#now = now;
  }

  /**
   * Opens a session. The one that this browser had before ends: a new sign-in takes the place of the old.
   * @param oldCookie what the browser sent with the exchange
   */
  open(oldCookie: string | null): { cookie: string; token: string; session: Session } {
    if (oldCookie !== null) this.#end((kept) => matches(oldCookie, kept.cookie));
    this.expire();
    const oldest = this.#open.length >= MOST_SESSIONS ? this.#open[0] : undefined;
    if (oldest !== undefined) this.#end((kept) => kept === oldest);
    const cookie = newSecret();
    const token = newSecret();
    this.#count += 1;
    const session = {
      client: `session-${this.#count}`,
      endsAt: this.#now() + SESSION_LASTS_S * 1_000,
    };
    this.#open.push({ ...session, cookie: digestOf(cookie), token: digestOf(token) });
    return { cookie, token, session };
  }

  /** @returns the session to which both belong; null when either is missing, wrong or too old. */
  find(cookie: string | null, token: string | null): Session | null {
    if (cookie === null || token === null) return null;
    this.expire();
    return this.#open.find((kept) => matches(cookie, kept.cookie) && matches(token, kept.token)) ?? null;
  }

  /** Ends what is too old, streams included. Called by a timer too, for a stream asks nothing any more. */
  expire(): void {
    const now = this.#now();
    this.#end((kept) => now >= kept.endsAt);
  }

  /** Ends all sessions. */
  endAll(): void {
    this.#end(() => true);
  }

  #end(ends: (kept: Kept) => boolean): void {
    const ended = this.#open.filter(ends);
    this.#open = this.#open.filter((kept) => !ended.includes(kept));
    for (const kept of ended) this.#onEnd(kept);
  }
}

import { type HelperFailure, helperFailure } from '#core/hosts/helper-channel.ts';
import type { Clock } from './clock.ts';

/** Wrong passwords in a row after which nobody is asked for a while: many systems lock an account then (pam_faillock(8)). */
const MOST_WRONG = 3;
const PAUSE_MS = 2 * 60_000;

/**
 * Remembers which nodes asked a person in vain, so that no window follows the one that was dismissed: what runs by itself asks
 * nobody there again before a person orders something, and a password that was wrong three times is not asked for at once.
 */
export class AskedInVain {
  readonly #clock: Clock;
  readonly #dismissed = new Map<string, HelperFailure>();
  readonly #wrong = new Map<string, { count: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A person ordered something on this node: a window may come again. */
  ordered(node: string): void {
    this.#dismissed.delete(node);
  }

  /** Why nobody is asked on this node now; null when somebody may be. */
  why({ id, name }: { id: string; name: string }): HelperFailure | null {
    const dismissed = this.#dismissed.get(id);
    if (dismissed !== undefined) return dismissed;
    const wrong = this.#wrong.get(id);
    if (wrong === undefined || wrong.count < MOST_WRONG) return null;
    const left = wrong.at + PAUSE_MS - this.#clock.now().getTime();
    if (left <= 0 || left > PAUSE_MS) {
      this.#wrong.delete(id);
      return null;
    }
    return helperFailure(
      'password-wrong',
      `sudo on ${name} did not take the password ${MOST_WRONG} times, and many systems lock an account after that. Swarmkeep asks for no other one within ${Math.ceil(left / 60_000)} min.`,
      'Try it there yourself with sudo -v, then order this again.',
    ).failure;
  }

  /** What became of a request on this node; null when the helper answered. */
  heard(node: string, failure: HelperFailure | null): void {
    if (failure === null) {
      this.#dismissed.delete(node);
      this.#wrong.delete(node);
    } else if (failure.kind === 'dismissed') {
      const next =
        'Nobody is asked again by itself: order it again, or press "Try now" at the change, and answer it.';
      this.#dismissed.set(node, { ...failure, next, mayHaveBegun: false });
    } else if (failure.kind === 'password-wrong') {
      const count = (this.#wrong.get(node)?.count ?? 0) + 1;
      this.#wrong.set(node, { count, at: this.#clock.now().getTime() });
    }
  }
}

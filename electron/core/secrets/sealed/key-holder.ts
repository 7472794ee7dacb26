import type { Clock } from '#core/console/clock.ts';

/** Where the key of an open store is, for as long as something is asked of it. */
export interface KeyHolder {
  /** @returns the key, without counting as use */
  key(): Buffer | null;
  /** @returns the key; the time of rest begins anew */
  use(): Buffer | null;
  /** Takes a key over; one that was there is wiped. */
  take(key: Buffer): void;
  /** Wipes the key. */
  forget(): void;
  /** @returns the function that lets go */
  hold(): () => void;
  /** When it forgets by itself; null when it has no key, or is held. */
  locksAt(): Date | null;
}

/**
 * @param idleMs rest after which the key is wiped
 * @param forgot told when it wiped the key by itself
 */
export function createKeyHolder(clock: Clock, idleMs: number, forgot: () => void): KeyHolder {
  let key: Buffer | null = null;
  let usedAt = 0;
  let holds = 0;
  let callOff: (() => void) | null = null;

  function arm(): void {
    callOff?.();
    callOff = null;
    if (key === null || holds > 0) return;
    usedAt = clock.now().getTime();
    callOff = clock.after(idleMs, () => {
      holder.forget();
      forgot();
    });
  }

  const holder: KeyHolder = {
    key: () => key,
    use() {
      arm();
      return key;
    },
    take(given) {
      if (key !== null && key !== given) key.fill(0);
      key = given;
      arm();
    },
    forget() {
      key?.fill(0);
      key = null;
      arm();
    },
    hold() {
      let held = true;
      holds += 1;
      arm();
      return () => {
        if (!held) return;
        held = false;
        holds -= 1;
        arm();
      };
    },
    locksAt: () => (callOff === null ? null : new Date(usedAt + idleMs)),
  };
  return holder;
}

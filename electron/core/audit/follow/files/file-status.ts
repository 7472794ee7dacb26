import type { SourceState } from '#shared/domain/audit/source.ts';
import type { FollowerStatus } from '../follower.ts';
import type { Look } from './log-reach.ts';
import type { LogReader } from './log-reader.ts';

/** Unread bytes from which on a follower is said to be catching up. */
const CATCHING_UP_BYTES = 1024 * 1024;
const LONGEST_TROUBLE = 1_024;

/** How one followed file stands. */
export class FileStatus {
  #state: SourceState = 'waiting';
  #trouble = '';
  /** Bytes of the files behind the one that is read. */
  ahead = 0;

  say(state: SourceState, trouble = ''): void {
    this.#state = state;
    this.#trouble = trouble.slice(0, LONGEST_TROUBLE);
  }

  /** Says why there is nothing to read. */
  sayWhy(look: Look): void {
    if (look.kind === 'missing') this.say('waiting', look.trouble);
    else if (look.kind === 'refused') this.say('failed', look.trouble);
  }

  of(reader: LogReader | null): FollowerStatus {
    const lagBytes = reader ? reader.unread + this.ahead : null;
    const state = this.#state === 'live' && (lagBytes ?? 0) > CATCHING_UP_BYTES ? 'catching-up' : this.#state;
    return { state, trouble: this.#trouble, lagBytes, owner: reader?.file.owner ?? null };
  }
}

import { type ConsoleAudit, ConsoleError, type LiveChoice } from '#core/console/service.ts';
import type { AuditState, LiveDelta } from '#shared/contract/audit.ts';
import { LARGE_DELTAS } from '#shared/contract/read-stream.ts';
import type { StreamInput } from '#shared/contract/stream.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import type { Caller } from './caller.ts';
import { ReplayedTopic } from './replayed-topic.ts';
import type { StreamHub } from './stream-hub.ts';

/** Milliseconds that a topic is kept after its last reader went away: it may come back after a break. */
const LINGER_MS = 5_000;

type LiveSnapshot = { state: AuditState; events: AuditEvent[] };

/** What a console says that follows no logs: pages show it as it is. */
const NOT_WATCHING: AuditState = {
  watching: false,
  since: null,
  trouble: 'This console does not follow logs.',
  events: 0,
  eventsPerSecond: 0,
  verified: null,
  newAlerts: 0,
  rules: 0,
  idleRules: 0,
};

interface OpenTopic {
  topic: ReplayedTopic<LiveSnapshot, LiveDelta>;
  readers: number;
  end: ReturnType<typeof setTimeout> | undefined;
}

/** The audit behind the contract: readers of the same choice share one numbered topic, which ends after the last of them. */
export class AuditDesk {
  readonly #audit: ConsoleAudit | undefined;
  readonly #topics = new Map<string, OpenTopic>();

  constructor(audit: ConsoleAudit | undefined) {
    this.#audit = audit;
  }

  /** How watching stands; asked by every page, so a console that follows no logs has an answer to it. */
  async state(): Promise<AuditState> {
    return this.#audit ? this.#audit.state(undefined) : NOT_WATCHING;
  }

  /** The procedures. @throws ConsoleError NOT_SUPPORTED_HERE when this console follows no logs */
  get group(): ConsoleAudit {
    if (this.#audit) return this.#audit;
    throw new ConsoleError('NOT_SUPPORTED_HERE', 'This console does not follow logs.', {
      untouched: 'Nothing is read and nothing was lost.',
      next: 'Open the console on a computer where it can follow them.',
    });
  }

  /**
   * The live stream of a choice.
   * @throws ConsoleError NOT_ALLOWED for a query that cannot be read or when too many streams are open
   */
  open(
    choice: LiveChoice,
    hub: StreamHub,
    caller: Caller,
    input: StreamInput,
    signal: AbortSignal | undefined,
  ) {
    const key = `${choice.node ?? ''} ${choice.query}`;
    const open = this.#topics.get(key) ?? {
      topic: new ReplayedTopic<LiveSnapshot, LiveDelta>(this.group.live(choice), LARGE_DELTAS.window),
      readers: 0,
      end: undefined,
    };
    this.#topics.set(key, open);
    clearTimeout(open.end);
    open.readers += 1;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      open.readers -= 1;
      if (open.readers === 0) this.#endLater(key, open);
    };
    try {
      return hub.open(open.topic, caller, input, signal, { window: LARGE_DELTAS.window, onEnd: leave });
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Stop following. */
  close(): void {
    for (const [key, open] of this.#topics) this.#end(key, open);
  }

  #endLater(key: string, open: OpenTopic): void {
    open.end = setTimeout(() => this.#end(key, open), LINGER_MS);
    open.end.unref();
  }

  #end(key: string, open: OpenTopic): void {
    clearTimeout(open.end);
    open.topic.close();
    if (this.#topics.get(key) === open) this.#topics.delete(key);
  }
}

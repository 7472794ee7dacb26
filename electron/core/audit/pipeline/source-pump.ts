import { setImmediate as turn } from 'node:timers/promises';
import { StoreError } from '#core/store/store-error.ts';
import type { SourceGap } from '#shared/domain/audit/source.ts';
import type { FollowedBatch, Follower, FollowerStatus } from '../follow/follower.ts';
import type { Intake } from './intake.ts';
import type { OpenSource } from './open-source.ts';
import type { Ticket } from './sealed-batch.ts';

/** Milliseconds between attempts to store what could not be stored: longer each time, up to the last. */
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000];

export interface PumpOptions {
  source: OpenSource;
  intake: Intake;
  open: (position: unknown) => Follower;
  now: () => number;
  /** Told when storing fails, and with null when it goes on. */
  trouble: (error: StoreError | null) => void;
}

/**
 * Moves what one source says into the records. The follower is asked for more only when what it gave is on the disk, or is the one
 * batch that is under way, so what cannot be stored yet waits in the log itself.
 */
export class SourcePump {
  readonly source: OpenSource;
  readonly #options: PumpOptions;
  #follower: Follower | null = null;
  #closed = false;
  #running: Promise<void>;
  #failure: StoreError | null = null;
  #lastBatch = 0;
  /** What was given last, while it may not be on the disk yet. */
  #begun: { batch: FollowedBatch; ticket: Ticket } | null = null;
  #wake: () => void = () => undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.source = options.source;
    this.#running = this.#run();
  }

  status(): FollowerStatus {
    const status = this.#follower?.status() ?? {
      state: 'waiting' as const,
      trouble: '',
      lagBytes: null,
      owner: null,
    };
    return this.#failure === null ? status : { ...status, state: 'failed', trouble: this.#failure.message };
  }

  /** Stores what the parser waits for, when nothing came for a while. */
  flushAfter(ms: number): void {
    if (this.#failure !== null || this.#options.now() - this.#lastBatch < ms) return;
    try {
      this.#options.intake.flush(this.source);
    } catch (error) {
      this.#options.trouble(asStoreFailure(error));
    }
  }

  /** Ends after what is being stored. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#follower?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Never in the middle of whoever opens it.
    await turn();
    if (this.#closed) return;
    const follower = this.#options.open(this.source.kept.position);
    this.#follower = follower;
    while (!this.#closed) {
      const batch = await this.#next(follower);
      if (batch === null || this.#closed) break;
      await this.#store(batch);
      // Questions of pages come in between.
      await turn();
    }
    this.#options.intake.settle();
    await follower.close();
  }

  /** @returns the next batch; what was begun may fail meanwhile, and is stored then before any other */
  async #next(follower: Follower): Promise<FollowedBatch | null> {
    const next = follower.next();
    if (this.#begun !== null) await this.#settled(next);
    return next;
  }

  /** In a call of its own: what is on the disk must not be kept in memory as long as a quiet log says nothing. */
  async #settled(next: Promise<unknown>): Promise<void> {
    const begun = this.#begun;
    if (begun === null) return;
    await Promise.race([begun.ticket.done, next]);
    if (begun.ticket.state === 'under-way') return;
    this.#begun = null;
    if (hasFailed(begun.ticket)) await this.#insist([begun.batch], begun.ticket.error);
  }

  async #store(batch: FollowedBatch): Promise<void> {
    const { intake, source } = this.#options;
    const former = this.#begun;
    this.#begun = null;
    if (former !== null && hasFailed(former.ticket)) {
      await this.#insist([former.batch, batch], former.ticket.error);
      return;
    }
    // With this the former one is on the disk, or both failed.
    const ticket = intake.begin(source, batch);
    if (ticket.state === 'failed') {
      const lost = former !== null && hasFailed(former.ticket) ? [former.batch, batch] : [batch];
      await this.#insist(lost, ticket.error);
      return;
    }
    this.#lastBatch = this.#options.now();
    if (ticket.state === 'under-way') this.#begun = { batch, ticket };
  }

  /** Stores what failed, in its order, as soon as that can be done. */
  async #insist(batches: readonly FollowedBatch[], error: unknown): Promise<void> {
    const { intake, source, trouble, now } = this.#options;
    const failed = (why: unknown): void => {
      this.#failure = asStoreFailure(why);
      trouble(this.#failure);
    };
    let since: number | null = now();
    failed(error);
    let attempt = 0;
    for (const batch of batches) {
      for (let stored = false; !stored; ) {
        if (since !== null) {
          await this.#wait(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 1_000);
          attempt += 1;
        }
        if (this.#closed) return;
        try {
          intake.take(source, batch, since === null ? [] : [this.#late(since)]);
          stored = true;
          this.#lastBatch = now();
          if (since !== null) trouble(null);
          since = null;
          attempt = 0;
          this.#failure = null;
        } catch (again) {
          since ??= now();
          failed(again);
        }
      }
    }
  }

  #late(since: number): SourceGap {
    return {
      source: this.source.kept.id,
      kind: 'disk-full',
      from: new Date(since).toISOString(),
      to: new Date(this.#options.now()).toISOString(),
      bytes: 0,
      detail: `Nothing could be stored in this time, and nothing was lost: it was read afterwards. ${this.#failure?.message ?? ''}`,
    };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Asked anew each time: it changes while others have their turn. */
const hasFailed = ({ state }: Ticket): boolean => state === 'failed';

function asStoreFailure(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(
    {
      kind: 'failed',
      message: 'What a log says could not be stored.',
      untouched: 'It is read again from the same place.',
      next: 'Look at the log of the console.',
    },
    { cause: error },
  );
}

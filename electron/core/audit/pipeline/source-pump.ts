import { setImmediate as turn } from 'node:timers/promises';
import { StoreError } from '#core/store/store-error.ts';
import type { SourceGap } from '#shared/domain/audit/source.ts';
import type { FollowedBatch, Follower, FollowerStatus } from '../follow/follower.ts';
import type { Intake, OpenSource } from './intake.ts';

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
 * Moves what one source says into the records: the follower is asked for more only when what it gave is on the disk, so what
 * cannot be stored yet waits in the log itself.
 */
export class SourcePump {
  readonly source: OpenSource;
  readonly #options: PumpOptions;
  #follower: Follower | null = null;
  #closed = false;
  #running: Promise<void>;
  #failure: StoreError | null = null;
  #lastBatch = 0;
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
      const batch = await follower.next();
      if (batch === null) break;
      await this.#store(batch);
      // Questions of pages come in between.
      await turn();
    }
    await follower.close();
  }

  async #store(batch: FollowedBatch): Promise<void> {
    const { intake, source, trouble, now } = this.#options;
    let since: number | null = null;
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        intake.take(source, batch, since === null ? [] : [this.#late(since)]);
        this.#lastBatch = now();
        if (since !== null) trouble(null);
        this.#failure = null;
        return;
      } catch (error) {
        this.#failure = asStoreFailure(error);
        since ??= now();
        trouble(this.#failure);
        await this.#wait(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 1_000);
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

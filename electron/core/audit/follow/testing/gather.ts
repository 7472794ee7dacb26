import type { SourceGap } from '#shared/domain/audit/source.ts';
import type { FollowedLine, Follower } from '../follower.ts';

/** For tests: takes everything from a follower as it comes, and the position with it. */
export class Gather {
  readonly lines: FollowedLine[] = [];
  readonly gaps: Omit<SourceGap, 'source'>[] = [];
  position: unknown;
  readonly follower: Follower;
  readonly #taking: Promise<void>;

  constructor(follower: Follower) {
    this.follower = follower;
    this.#taking = this.#take();
  }

  get texts(): string[] {
    return this.lines.map(({ text }) => text);
  }

  async #take(): Promise<void> {
    for (let batch = await this.follower.next(); batch; batch = await this.follower.next()) {
      this.lines.push(...batch.lines);
      this.gaps.push(...batch.gaps);
      // What is stored is JSON.
      this.position = JSON.parse(JSON.stringify(batch.position));
    }
  }

  /** @returns when the condition holds; throws after the time */
  async until(condition: (gather: this) => boolean, milliseconds = 8_000): Promise<void> {
    for (const end = performance.now() + milliseconds; !condition(this); ) {
      if (performance.now() > end) {
        const seen = JSON.stringify({
          lines: this.texts.slice(-20),
          gaps: this.gaps,
          status: this.follower.status(),
        });
        throw new Error(`waited in vain; seen: ${seen.slice(0, 4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** @returns when nothing more has come for a while */
  async quiet(milliseconds = 250): Promise<void> {
    for (let count = -1; count !== this.lines.length + this.gaps.length; ) {
      count = this.lines.length + this.gaps.length;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
  }

  async stop(): Promise<unknown> {
    await this.follower.close();
    await this.#taking;
    return this.position;
  }
}

import { ConsoleError, type ConsoleRotation, type Topic } from '#core/console/service.ts';
import type { RotationRegistry } from '#core/secrets/rotation/rotation-registry.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import { ReplayedTopic } from './replayed-topic.ts';

const NOTHING: Topic<RotationRun[], RotationRun> = { snapshot: () => [], onDelta: () => () => undefined };

/** Rotations behind the contract, also of a console that has none. */
export class RotationApi {
  readonly progress: ReplayedTopic<RotationRun[], RotationRun>;
  readonly registry: RotationRegistry | null;
  readonly #rotation: ConsoleRotation | undefined;

  /** @param keep how many deltas are kept for readers that come back */
  constructor(rotation: ConsoleRotation | undefined, keep: number) {
    this.#rotation = rotation;
    this.registry = rotation?.registry ?? null;
    this.progress = new ReplayedTopic(rotation?.topic ?? NOTHING, keep);
  }

  /** @throws ConsoleError NOT_SUPPORTED_HERE where the console keeps no secrets */
  get group(): ConsoleRotation {
    if (this.#rotation) return this.#rotation;
    throw new ConsoleError('NOT_SUPPORTED_HERE', 'This console keeps no secrets.', {
      untouched: 'Nothing was changed.',
      next: 'Open the console that does.',
    });
  }

  close(): void {
    this.progress.close();
  }
}

import { shownRun } from '#core/secrets/rotation/shown-run.ts';
import type { StoredRotation } from '#core/store/operations/rotations.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { Clock } from './clock.ts';
import { createEmitter } from './emitter.ts';
import type { Topic } from './service.ts';

/** Milliseconds for which a rotation that came to rest is still shown. */
const SHOWN_AFTER_END = 60_000;

/** Rotations that run or came to rest a moment ago, for readers of their progress. */
export interface RotationBoard {
  show(rotation: StoredRotation): void;
  readonly topic: Topic<RotationRun[], RotationRun>;
}

/** @param isRunning whether something of a rotation is under way just now */
export function createRotationBoard(clock: Clock, isRunning: (id: string) => boolean): RotationBoard {
  const rotations = new Map<string, StoredRotation>();
  const emitter = createEmitter<RotationRun>();
  return {
    show(rotation) {
      rotations.set(rotation.id, rotation);
      emitter.emit(shownRun(rotation, isRunning(rotation.id)));
    },
    topic: {
      snapshot() {
        const oldest = clock.now().getTime() - SHOWN_AFTER_END;
        for (const { id, endedAt } of rotations.values())
          if (endedAt !== null && Date.parse(endedAt) < oldest) rotations.delete(id);
        return [...rotations.values()].slice(-64).map((one) => shownRun(one, isRunning(one.id)));
      },
      onDelta: emitter.onDelta,
    },
  };
}

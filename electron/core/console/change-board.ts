import type { StoredChange } from '#core/store/operations/changes.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import type { Clock } from './clock.ts';
import { createEmitter } from './emitter.ts';
import type { Topic } from './service.ts';

/** Milliseconds for which a change that came to rest is still shown. */
const SHOWN_AFTER_END = 60_000;

/** Changes that run or came to rest a moment ago, for readers of their progress. */
export interface ChangeBoard {
  show(change: StoredChange): void;
  readonly topic: Topic<AppliedChange[], AppliedChange>;
}

/** @param shown how a change is told; asked anew each time, for others may have changed what keeps it from being undone */
export function createChangeBoard(clock: Clock, shown: (change: StoredChange) => AppliedChange): ChangeBoard {
  const changes = new Map<string, StoredChange>();
  const emitter = createEmitter<AppliedChange>();
  return {
    show(change) {
      changes.set(change.id, change);
      emitter.emit(shown(change));
    },
    topic: {
      snapshot() {
        const oldest = clock.now().getTime() - SHOWN_AFTER_END;
        for (const change of changes.values()) {
          if (change.endedAt !== null && Date.parse(change.endedAt) < oldest) changes.delete(change.id);
        }
        return [...changes.values()].map(shown);
      },
      onDelta: emitter.onDelta,
    },
  };
}

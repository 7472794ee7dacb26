import type { LookState } from '#shared/contract/looks.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Clock } from './clock.ts';
import { newId } from './context.ts';
import { createEmitter } from './emitter.ts';
import type { Topic } from './service.ts';

/** Milliseconds for which an ended look is still shown. */
const SHOWN_AFTER_END = 60_000;

const ENDED: readonly LookState['state'][] = ['done', 'failed', 'cancelled'];

/** One look while it runs and shortly after. */
export interface LookEntry {
  readonly id: string;
  readonly node: SwarmNode;
  readonly signal: AbortSignal;
  state(): LookState;
  /** Changes the state and tells the readers. After the end nothing changes any more. */
  update(change: Partial<Omit<LookState, 'look' | 'node' | 'nodeName' | 'startedAt'>>): void;
}

/** All looks that run or ended a moment ago. */
export interface LookBoard {
  /** @returns the look that runs on a node, if any */
  running(node: string): LookEntry | null;
  begin(node: SwarmNode): LookEntry;
  /** @returns whether a recording is being looked at of which nothing is known yet */
  firstOfRecordings(): boolean;
  /** @returns whether there was a running look to stop; null when the id is not known */
  cancel(look: string): boolean | null;
  cancelAll(): void;
  readonly topic: Topic<LookState[], LookState>;
}

/** @returns an empty board */
export function createLookBoard(clock: Clock): LookBoard {
  const entries = new Map<string, LookEntry & { abort(): void }>();
  const emitter = createEmitter<LookState>();

  function sweep(): void {
    const oldest = clock.now().getTime() - SHOWN_AFTER_END;
    for (const entry of entries.values()) {
      const { endedAt } = entry.state();
      if (endedAt !== null && Date.parse(endedAt) < oldest) entries.delete(entry.id);
    }
  }

  function begin(node: SwarmNode): LookEntry {
    sweep();
    const controller = new AbortController();
    let state: LookState = {
      look: newId(),
      node: node.id,
      nodeName: node.name,
      state: 'waiting',
      startedAt: clock.now().toISOString(),
      endedAt: null,
      subjectsDone: 0,
      subjectsTotal: 0,
      present: 'waiting for its turn',
      error: null,
    };
    const entry = {
      id: state.look,
      node,
      signal: controller.signal,
      state: () => state,
      update(change: Partial<LookState>) {
        if (ENDED.includes(state.state)) return;
        state = { ...state, ...change };
        if (ENDED.includes(state.state)) state.endedAt = clock.now().toISOString();
        emitter.emit(state);
      },
      abort: () => controller.abort(),
    };
    entries.set(entry.id, entry);
    emitter.emit(state);
    return entry;
  }

  return {
    running: (node) =>
      entries.values().find((entry) => entry.node.id === node && entry.state().endedAt === null) ?? null,
    begin,
    firstOfRecordings: () =>
      entries
        .values()
        .some(
          ({ node, state }) =>
            node.address.kind === 'recorded' && node.lastLookAt === null && state().endedAt === null,
        ),
    cancel(look) {
      const entry = entries.get(look);
      if (!entry) return null;
      if (entry.state().endedAt !== null) return false;
      entry.abort();
      return true;
    },
    cancelAll() {
      for (const entry of entries.values()) entry.abort();
    },
    topic: {
      snapshot() {
        sweep();
        return [...entries.values()].map((entry) => entry.state());
      },
      onDelta: emitter.onDelta,
    },
  };
}

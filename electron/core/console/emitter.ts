/** Listeners of one topic. A listener that throws never stops the others or the one who tells. */
export interface Emitter<D> {
  emit(delta: D): void;
  /** @returns the unsubscribe function; calling it twice is harmless */
  onDelta(listener: (delta: D) => void): () => void;
}

/** @returns an emitter without listeners */
export function createEmitter<D>(): Emitter<D> {
  const listeners = new Set<{ call: (delta: D) => void }>();
  return {
    emit(delta) {
      for (const listener of [...listeners]) {
        try {
          listener.call(delta);
        } catch {
          // The fault is the listener's own, and there is nobody here who could be told.
        }
      }
    },
    onDelta(listener) {
      const entry = { call: listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}

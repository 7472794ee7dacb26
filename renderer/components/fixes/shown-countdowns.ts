import { type RefObject, useLayoutEffect, useSyncExternalStore } from 'react';

/** Changes whose countdown stands within the window, so that no strip repeats it. */
let shown: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(change: string, visible: boolean): void {
  if (shown.has(change) === visible) return;
  shown = visible ? new Set([...shown, change]) : new Set([...shown].filter((other) => other !== change));
  for (const told of listeners) told();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says for as long as the element is within the window that this change has its countdown there. */
export function useShownCountdown(change: string, element: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    // Until it is measured it is taken as seen: the same two buttons never stand there twice, not even for a moment.
    set(change, true);
    const observer = new IntersectionObserver(
      ([entry]) => set(change, (entry?.intersectionRatio ?? 0) > 0.6),
      { threshold: [0, 0.6, 1] },
    );
    observer.observe(target);
    return () => {
      observer.disconnect();
      set(change, false);
    };
  }, [change, element]);
}

/** Ids of the changes whose countdown can be seen in the page itself. */
export function useShownCountdowns(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => shown);
}

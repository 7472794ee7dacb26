import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(width < 1040px)');

/** Whether the window is so narrow that the rail is icons only. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => query.matches,
  );
}

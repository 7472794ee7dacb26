import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Alert } from '#shared/domain/audit/alert.ts';

/** Milliseconds after which a list is asked for again that was called off. */
const AGAIN_MS = 300;

/**
 * Puts alerts that the stream tells of into the lists that were asked for, newest first. A list that is being asked for may have
 * been read before the alert was there, and would take it away again when it arrives: it is called off, and asked for again a
 * little later, so that a flood of alerts does not ask without end.
 * @param listKey what the keys of all lists of alerts begin with
 */
export function createAlertKeeper(queries: QueryClient, listKey: QueryKey) {
  let again: ReturnType<typeof setTimeout> | null = null;
  return {
    keep(alert: Alert): void {
      const asked = queries.isFetching({ queryKey: listKey }) > 0;
      // The first list of all is waited for: it is all that there is.
      const known = {
        queryKey: listKey,
        predicate: ({ state }: { state: { data: unknown } }) => !!state.data,
      };
      if (asked) void queries.cancelQueries(known);
      queries.setQueriesData<Alert[]>({ queryKey: listKey }, (alerts) =>
        alerts === undefined ? alerts : [alert, ...alerts.filter(({ id }) => id !== alert.id)],
      );
      if (!asked || again !== null) return;
      again = setTimeout(() => {
        again = null;
        void queries.invalidateQueries({ queryKey: listKey });
      }, AGAIN_MS);
    },
    end(): void {
      if (again !== null) clearTimeout(again);
      // What was called off is still owed.
      if (again !== null) void queries.invalidateQueries({ queryKey: listKey });
      again = null;
    },
  };
}

import { QueryClient } from '@tanstack/react-query';
import { orpc, QUERY_CLIENT_OPTIONS } from '../transport/queries.ts';
import { router } from './router.tsx';
import { readScope } from './scope.ts';

/**
 * Begins to read what the first page shows before anything is drawn, so that the console answers while React draws its
 * first frame, and fetches the page of the first start as soon as it is known that there is no node.
 * @returns the readings, for the whole page
 */
export function beginReading(): QueryClient {
  const queries = new QueryClient(QUERY_CLIENT_OPTIONS);
  const node = readScope(router.latestLocation.search).node ?? null;
  void queries.prefetchQuery(orpc.nodes.list.queryOptions());
  void queries.prefetchQuery(orpc.settings.get.queryOptions());
  void queries
    .ensureQueryData(orpc.findings.overview.queryOptions({ input: { node } }))
    .then(async ({ standings }) => {
      if (standings.length === 0 && node === null) await router.preloadRoute({ to: '/setup/{-$node}' });
    })
    // The page that asks the same says what went wrong.
    .catch(() => undefined);
  return queries;
}

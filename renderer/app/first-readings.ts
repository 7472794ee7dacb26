import { QueryClient } from '@tanstack/react-query';
import { orpc, QUERY_CLIENT_OPTIONS } from '../transport/queries.ts';
import { early } from '../transport/web-session.ts';
import { router } from './router.tsx';
import { readScope } from './scope.ts';

/** Milliseconds after which the page is drawn without the first answers: then it says that it waits for them. */
const WAIT_MS = 600;

export interface FirstReadings {
  /** The readings, for the whole page. */
  queries: QueryClient;
  /** Settles when the first page can be drawn at once and as a whole, or when that takes too long. Never rejects. */
  drawable: Promise<unknown>;
}

/**
 * Begins to read what the first page shows before anything is drawn: one frame with the sentence in it is there sooner
 * than an empty one and then another. The page of the first start is fetched as soon as it is known that there is no
 * node.
 */
export function beginReading(): FirstReadings {
  const queries = new QueryClient(QUERY_CLIENT_OPTIONS);
  const node = readScope(router.latestLocation.search).node ?? null;
  void queries.prefetchQuery(orpc.nodes.list.queryOptions());
  void queries.prefetchQuery(orpc.settings.get.queryOptions());
  void queries.prefetchQuery(orpc.system.about.queryOptions());
  const overview = queries
    .ensureQueryData(orpc.findings.overview.queryOptions({ input: { node } }))
    .then(async ({ standings }) => {
      if (standings.length === 0 && node === null) await router.preloadRoute({ to: '/setup/{-$node}' });
    })
    // The page that asks the same says what went wrong.
    .catch(() => undefined);
  const enough = new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  const drawable = Promise.race([Promise.allSettled([overview, router.load()]), enough]);
  void drawable.then(() => early.forget());
  return { queries, drawable };
}

import { useQuery } from '@tanstack/react-query';
import { orpc } from '../../transport/queries.ts';

/** While the page is open the console goes on listening; it stops by itself a minute and a half later. */
const ASK_AGAIN_MS = 20_000;

/** Who announces itself as a node on the networks of this computer, as long as a page that shows it is open. */
export function useFoundNodes() {
  return useQuery(orpc.nodes.found.queryOptions({ input: { waitMs: 0 }, refetchInterval: ASK_AGAIN_MS }));
}

import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { NodeId } from '#shared/domain/node.ts';

const NODE_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * Read what every address may carry after the question mark.
 * @param search the parsed search part, from outside
 * @returns `node`: the node that all pages are about; undefined for all of them, and then still named when it was
 *   named, for whoever asks for all nodes must not be given the one before
 */
export function readScope(search: Record<string, unknown>): { node?: NodeId | undefined } {
  if (!('node' in search)) return {};
  return { node: typeof search.node === 'string' && NODE_ID.test(search.node) ? search.node : undefined };
}

/** The node that the page is about, or null for all nodes. Chosen in the rail, kept in the address. */
export function useScope(): NodeId | null {
  const search = useSearch({ strict: false }) as { node?: NodeId };
  const path = useParams({ strict: false }) as { node?: NodeId };
  const node = path.node ?? search.node;
  return node !== undefined && NODE_ID.test(node) ? node : null;
}

/** @returns a function that makes all pages be about one node, or about all with null; it stays on the same page */
export function useChooseScope(): (node: NodeId | null) => void {
  const navigate = useNavigate();
  const path = useParams({ strict: false }) as { node?: NodeId };
  const inSetup = 'node' in path;
  return useCallback(
    (node) => {
      // Named although it is undefined: a node that is left out would be kept from the address before.
      const search = { node: node ?? undefined };
      if (inSetup && node !== null) void navigate({ to: '/setup/{-$node}', params: { node }, search });
      else if (inSetup) void navigate({ to: '/', search });
      else void navigate({ to: '.', search });
    },
    [navigate, inSetup],
  );
}

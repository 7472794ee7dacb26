import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { useSayOutcome } from '../../app/look-outcome.ts';
import { errorWords } from '../../components/error-state.tsx';
import { codeOf } from '../../components/fixes/use-order.ts';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';

/** A node that was removed since this page was opened, and what brings it back. */
export interface RemovedNode {
  name: string;
  undo: string;
}

const REMOVED_KEY = ['live', 'removed-nodes'] as const;
/** Kept for this window, so that a reload takes no undo away. */
const STORAGE_KEY = 'swarmkeep-removed-nodes';

function readRemoved(): RemovedNode[] {
  try {
    const kept: unknown = JSON.parse(window.sessionStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(kept) ? kept.slice(0, 64).filter(isRemoved) : [];
  } catch {
    return [];
  }
}

function isRemoved(value: unknown): value is RemovedNode {
  const { name, undo } = Object(value) as Partial<RemovedNode>;
  return typeof name === 'string' && typeof undo === 'string';
}

/** Nodes removed in this window, a reload of it included; they can be brought back until the console restarts. */
export function useRemovedNodes(): readonly RemovedNode[] {
  const { data } = useQuery<RemovedNode[]>({
    queryKey: REMOVED_KEY,
    queryFn: readRemoved,
    initialData: readRemoved,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** What can be done to a node: look, stop looking, rename, remove, bring back. Failures are said in a short message. */
export function useNodeActions() {
  const queries = useQueryClient();
  const toast = useToast();
  const sayOutcome = useSayOutcome();
  const problem = (what: string) => (error: unknown) => {
    const { what: words, next } = errorWords(error, what);
    toast({ text: next ? `${words} ${next}` : words, problem: true });
  };
  const renew = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: orpc.nodes.key() }),
      queries.invalidateQueries({ queryKey: orpc.findings.key() }),
    ]);
  const setRemoved = (change: (before: RemovedNode[]) => RemovedNode[]) =>
    queries.setQueryData<RemovedNode[]>(REMOVED_KEY, (before) => {
      const after = change(before ?? []);
      window.sessionStorage.setItem(STORAGE_KEY, JSON.stringify(after));
      return after;
    });

  const lookAt = useMutation({
    mutationFn: (node: NodeId | undefined) => client.looks.start(node === undefined ? {} : { nodes: [node] }),
    onSuccess: sayOutcome,
    onError: problem('The look could not be started.'),
  });
  const cancel = useMutation({
    mutationFn: (look: string) => client.looks.cancel({ look }),
    onSuccess: () => toast({ text: 'Stopped. Findings stay as they were.' }),
    onError: problem('The look could not be stopped.'),
  });
  const restore = useMutation({
    mutationFn: (removed: RemovedNode) => client.nodes.restore({ undo: removed.undo }),
    onSuccess: async (node, removed) => {
      setRemoved((before) => before.filter((entry) => entry.undo !== removed.undo));
      toast({ text: `${visible(node.name)} is back, with its findings.` });
      await renew();
    },
    onError: (error, removed) => {
      // Of a console that was started again since: there is nothing left to bring back.
      if (codeOf(error) === 'NODE_UNKNOWN')
        setRemoved((before) => before.filter((entry) => entry.undo !== removed.undo));
      problem('It could not be brought back.')(error);
    },
  });
  const remove = useMutation({
    mutationFn: (node: SwarmNode) => client.nodes.remove({ node: node.id }),
    onSuccess: async ({ undo }, node) => {
      const removed = { name: visible(node.name), undo };
      setRemoved((before) => [...before, removed]);
      toast({
        text: `${removed.name} was removed. Nothing on it was changed.`,
        undo: () => restore.mutate(removed),
      });
      await renew();
    },
    onError: problem('It could not be removed.'),
  });
  const rename = useMutation({
    mutationFn: ({ node, name }: { node: SwarmNode; name: string }) =>
      client.nodes.rename({ node: node.id, name }),
    onSuccess: async (renamed, { node }) => {
      toast({
        text: `${visible(node.name)} is now called ${visible(renamed.name)}.`,
        undo: () => void client.nodes.rename({ node: node.id, name: node.name }).then(renew),
      });
      await renew();
    },
  });
  return { lookAt, cancel, rename, remove, restore };
}

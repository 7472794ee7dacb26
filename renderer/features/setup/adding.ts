import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { NodeAddress } from '#shared/domain/node.ts';
import { type ErrorStateProps, errorWords } from '../../components/error-state.tsx';
import { client, orpc } from '../../transport/queries.ts';

export type AddingProblem = Pick<ErrorStateProps, 'what' | 'untouched' | 'next' | 'code'>;

/** Adding one node. */
export interface Adding {
  /** Add it, look at it at once, and open its set-up. */
  add: (address: NodeAddress, confirmedKeys?: string[]) => void;
  /** The kind of node that is being added now. */
  pending: NodeAddress['kind'] | null;
  /** What went wrong with the last one, and of which kind it was: SSH says it in its own dialog. */
  problem: { kind: NodeAddress['kind']; words: AddingProblem } | null;
  clear: () => void;
}

/** Adds a node, starts the first look, and goes to its set-up. What went wrong is kept until the next try. */
export function useAdding(): Adding {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const kind = useRef<NodeAddress['kind'] | null>(null);
  const [problem, setProblem] = useState<Adding['problem']>(null);
  const mutation = useMutation({
    mutationFn: async ({ address, confirmedKeys }: { address: NodeAddress; confirmedKeys: string[] }) => {
      const node = await client.nodes.add({ address, confirmedKeys });
      // The node is there whether or not the first look can begin; the set-up page offers it again.
      await client.looks.start({ nodes: [node.id] }).catch(() => undefined);
      return node;
    },
    onSuccess: async (node) => {
      await queries.invalidateQueries({ queryKey: orpc.nodes.key() });
      await queries.invalidateQueries({ queryKey: orpc.findings.key() });
      await navigate({ to: '/setup/{-$node}', params: { node: node.id }, search: { node: node.id } });
    },
    onError: (error, { address }) =>
      setProblem({ kind: address.kind, words: errorWords(error, 'The node could not be added.') }),
  });
  return {
    add: (address, confirmedKeys = []) => {
      kind.current = address.kind;
      setProblem(null);
      mutation.mutate({ address, confirmedKeys });
    },
    pending: mutation.isPending ? kind.current : null,
    problem,
    clear: () => setProblem(null),
  };
}

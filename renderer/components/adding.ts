import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { NodeAddress, SwarmNode } from '#shared/domain/node.ts';
import { client, orpc } from '../transport/queries.ts';
import { type ErrorStateProps, errorWords } from './error-state.tsx';

export type AddingProblem = Pick<ErrorStateProps, 'what' | 'untouched' | 'next' | 'code'>;

/** Adding one node. */
export interface Adding {
  /** Add it and look at it at once. */
  add: (address: NodeAddress, confirmedKeys?: string[], name?: string) => void;
  /** The kind of node that is being added now. */
  pending: NodeAddress['kind'] | null;
  /** What went wrong with the last one, and of which kind it was: SSH says it in its own dialog. */
  problem: { kind: NodeAddress['kind']; words: AddingProblem } | null;
  clear: () => void;
}

/**
 * Adds a node and starts the first look. What went wrong is kept until the next try.
 * @param added what comes then; without it its set-up is opened
 */
export function useAdding(added?: (node: SwarmNode) => void): Adding {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const kind = useRef<NodeAddress['kind'] | null>(null);
  const [problem, setProblem] = useState<Adding['problem']>(null);
  const mutation = useMutation({
    mutationFn: async ({
      name,
      ...rest
    }: {
      address: NodeAddress;
      confirmedKeys: string[];
      name?: string;
    }) => {
      const node = await client.nodes.add({ ...rest, ...(name !== undefined && { name }) });
      // The node is there whether or not the first look can begin; the set-up page offers it again.
      await client.looks.start({ nodes: [node.id] }).catch(() => undefined);
      return node;
    },
    onSuccess: async (node) => {
      await queries.invalidateQueries({ queryKey: orpc.nodes.key() });
      await queries.invalidateQueries({ queryKey: orpc.findings.key() });
      if (added) added(node);
      else await navigate({ to: '/setup/{-$node}', params: { node: node.id }, search: { node: node.id } });
    },
    onError: (error, { address }) =>
      setProblem({ kind: address.kind, words: errorWords(error, 'The node could not be added.') }),
  });
  return {
    add: (address, confirmedKeys = [], name) => {
      kind.current = address.kind;
      setProblem(null);
      mutation.mutate({ address, confirmedKeys, ...(name !== undefined && { name }) });
    },
    pending: mutation.isPending ? kind.current : null,
    problem,
    clear: () => setProblem(null),
  };
}

import { useMutation } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { LookState } from '#shared/contract/looks.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { errorWords } from '../components/error-state.tsx';
import { isRunning } from '../components/look-progress.tsx';
import { useToast } from '../components/toast.tsx';
import { orpc } from '../transport/queries.ts';
import { useLooks } from '../transport/use-live.ts';
import { useSayOutcome } from './look-outcome.ts';

export interface Looking {
  /** Looks under way at the nodes in question. */
  running: readonly LookState[];
  /** The look that ended last, for a minute: done, failed or cancelled. */
  ended: LookState | null;
  /** The order was given and the console has not answered yet. */
  starting: boolean;
  /** Look now; `only` names the checks of interest. */
  start: (only?: CheckId[]) => void;
  cancel: (look: string) => void;
}

/**
 * Looking at one node, or at all with null: what runs, and how to start and stop it. How it
 * ended is said in a toast.
 */
export function useLooking(node: NodeId | null): Looking {
  const looks = useLooks();
  const toast = useToast();
  const running = useMemo(
    () => looks.filter((look) => isRunning(look) && (node === null || look.node === node)),
    [looks, node],
  );
  const ended = useMemo(
    () =>
      looks
        .filter((look) => !isRunning(look) && (node === null || look.node === node))
        // Of two that ended in the same instant the one that was heard of last counts.
        .toReversed()
        .toSorted((one, other) => (other.endedAt ?? '').localeCompare(one.endedAt ?? ''))[0] ?? null,
    [looks, node],
  );
  const sayOutcome = useSayOutcome();
  const say = (error: Error) => {
    const { what, next } = errorWords(error, 'The look could not be started.');
    toast({ text: [what, next].filter(Boolean).join(' '), problem: true });
  };
  const starting = useMutation(orpc.looks.start.mutationOptions({ onSuccess: sayOutcome, onError: say }));
  const cancelling = useMutation(orpc.looks.cancel.mutationOptions({ onError: say }));
  const order = starting.mutate;
  const stop = cancelling.mutate;
  return {
    running,
    ended,
    starting: starting.isPending,
    start: useCallback(
      (only) => order({ ...(node === null ? {} : { nodes: [node] }), ...(only ? { only } : {}) }),
      [order, node],
    ),
    cancel: useCallback((look) => stop({ look }), [stop]),
  };
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { NodeId } from '#shared/domain/node.ts';
import type { SetupProgress } from '#shared/domain/setup-progress.ts';
import { orpc } from '../../transport/queries.ts';

/** Where the operator is in the set-up of a node, kept by the console so that it can be taken up again anywhere. */
export interface Setup {
  /** Undefined while it is read; null when it was never begun. */
  progress: SetupProgress | null | undefined;
  /** Remember the item that is shown. */
  reach: (check: CheckId) => void;
  /** Put an item off, or take it up again. */
  putOff: (check: CheckId, later: boolean) => void;
  /** The operator is through with it. */
  finish: () => void;
}

/**
 * Reads and keeps the progress of one node's set-up.
 * @param node whose
 * @param first the item at which a new set-up begins
 */
export function useSetup(node: NodeId, first: CheckId): Setup {
  const queries = useQueryClient();
  const query = orpc.setup.get.queryOptions({ input: { node } });
  const { data, isPlaceholderData } = useQuery(query);
  const { mutate } = useMutation(
    orpc.setup.save.mutationOptions({
      // The page goes on at once; the console's answer is the same or comes with the next change.
      onMutate: (next) => queries.setQueryData(query.queryKey, next),
    }),
  );
  const progress = isPlaceholderData ? undefined : data;
  const present = progress ?? { node, current: first, later: [], finishedAt: null };
  const save = (change: Partial<SetupProgress>) => {
    if (progress !== undefined) mutate({ ...present, ...change });
  };
  return {
    progress,
    reach: (check) => {
      if (present.current !== check || progress === null) save({ current: check });
    },
    putOff: (check, later) => {
      const others = present.later.filter((entry) => entry !== check);
      save({ later: later ? [...others, check] : others });
    },
    finish: useCallback(() => {
      mutate({ ...present, finishedAt: new Date().toISOString() });
    }, [mutate, present]),
  };
}

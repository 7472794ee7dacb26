import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Verification } from '#shared/contract/activity.ts';
import { client, orpc } from '../../transport/queries.ts';

const ELSEWHERE_KEY = ['live', 'verified-elsewhere'] as const;

/** What was last said of the whole ledger, and how to ask anew. */
export interface Verifying {
  /** The newest answer; undefined while the first one is awaited. */
  result: Verification | undefined;
  running: boolean;
  error: Error | null;
  verify: () => void;
}

/** Verifies when the page is opened and when asked; an answer against a checkpoint kept elsewhere says more and is kept. */
export function useVerification(enabled: boolean): Verifying {
  const queries = useQueryClient();
  const own = useQuery(orpc.activity.verify.queryOptions({ enabled }));
  const elsewhere = useQuery<Verification | null>({
    queryKey: ELSEWHERE_KEY,
    queryFn: () => null,
    initialData: null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return {
    result: elsewhere.data ?? own.data,
    running: own.isFetching,
    error: own.error,
    verify: () => {
      queries.setQueryData(ELSEWHERE_KEY, null);
      void own.refetch();
    },
  };
}

/** Verify against a checkpoint that was kept elsewhere; the answer becomes the page's sentence. */
export function useCheckAgainst(onDone: (result: Verification) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (checkpoint: string) => client.activity.checkAgainst({ checkpoint }),
    onSuccess: (result) => {
      queries.setQueryData(ELSEWHERE_KEY, result);
      onDone(result);
    },
  });
}

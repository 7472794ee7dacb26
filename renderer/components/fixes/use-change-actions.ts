import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { client, orpc } from '../../transport/queries.ts';
import { errorWords } from '../error-state.tsx';
import { useToast } from '../toast.tsx';

/** Keep, revert and cancel one change. The console's answer is what the page shows next; failures are said at once. */
export function useChangeActions(change: string) {
  const queries = useQueryClient();
  const toast = useToast();
  const onSuccess = (applied: AppliedChange) => {
    queries.setQueryData(orpc.fixes.get.queryKey({ input: { change } }), applied);
  };
  const problem = (what: string) => (error: unknown) => {
    const words = errorWords(error, what);
    toast({ text: [words.what, words.next].filter(Boolean).join(' '), problem: true });
    void queries.invalidateQueries({ queryKey: orpc.fixes.key() });
  };
  const keep = useMutation({
    mutationFn: () => client.fixes.keep({ change }),
    onSuccess,
    onError: problem('It could not be kept, and takes itself back when the time is over.'),
  });
  const revert = useMutation({
    mutationFn: () => client.fixes.revert({ change }),
    onSuccess,
    onError: problem('It could not be taken back now. It takes itself back when the time is over.'),
  });
  const cancel = useMutation({
    mutationFn: () => client.fixes.cancel({ change }),
    onSuccess,
    onError: problem('It could not be stopped.'),
  });
  return { keep, revert, cancel };
}

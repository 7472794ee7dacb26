import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PauseState } from '#shared/domain/pause/pause-state.ts';
import { errorWords } from '../components/error-state.tsx';
import { useToast } from '../components/toast.tsx';
import { client, orpc } from '../transport/queries.ts';

/** Whether agents are paused, and the brake itself. */
export function usePause() {
  const queries = useQueryClient();
  const toast = useToast();
  const state = useQuery(orpc.pause.state.queryOptions()).data;
  const know = (next: PauseState) => queries.setQueryData(orpc.pause.state.queryKey(), next);
  const tell = (error: unknown, what: string) => toast({ text: errorWords(error, what).what, problem: true });
  const pause = useMutation<PauseState, unknown>({
    mutationFn: () => client.pause.pause({}),
    onSuccess: know,
    onError: (error) => tell(error, 'Agents could not be paused.'),
  });
  const resume = useMutation<PauseState, unknown>({
    mutationFn: () => client.pause.resume({}),
    onSuccess: know,
    onError: (error) => tell(error, 'Agents could not be let go.'),
  });
  return { state, pause, resume };
}

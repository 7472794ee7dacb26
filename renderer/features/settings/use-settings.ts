import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Settings } from '#shared/domain/settings.ts';
import { errorWords } from '../../components/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';

/** Save some settings; `said` is the sentence that says what is in force now. */
export type SaveSettings = (change: Partial<Settings>, said: string) => void;

export interface SettingsPart {
  settings: Settings;
  save: SaveSettings;
}

/** The settings, shown as chosen at once, and taken back with a word when they could not be saved. Each can be undone. */
export function useSettings() {
  const queries = useQueryClient();
  const toast = useToast();
  const { queryKey, ...options } = orpc.settings.get.queryOptions();
  const { data, error, refetch } = useQuery({ queryKey, ...options });
  const set = useMutation({
    mutationFn: ({ next }: { next: Settings; before: Settings; said: string }) => client.settings.set(next),
    onMutate: async ({ next }) => {
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, next);
    },
    onSuccess: (inForce, { before, said }) => {
      queries.setQueryData(queryKey, inForce);
      toast({
        text: said,
        undo: () => set.mutate({ next: before, before: inForce, said: 'As it was before.' }),
      });
    },
    onError: (failure, { before }) => {
      queries.setQueryData(queryKey, before);
      toast({ text: errorWords(failure, 'It could not be saved; it is as before.').what, problem: true });
    },
  });
  const save: SaveSettings = (change, said) => {
    if (data) set.mutate({ next: { ...data, ...change }, before: data, said });
  };
  return { settings: data, error, retry: () => void refetch(), save };
}

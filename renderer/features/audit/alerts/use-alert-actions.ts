import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { errorWords } from '../../../components/error-state.tsx';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';

type Settable = 'new' | 'acknowledged' | 'resolved';

const SAID: Readonly<Record<Settable, string>> = {
  new: 'Open again.',
  acknowledged: 'Acknowledged. It stays here until it is resolved.',
  resolved: 'Resolved. It comes back when the rule matches again.',
};

/** @returns how to change the life of an alert; each change can be taken back where it is said */
export function useAlertActions(alert: Alert) {
  const queries = useQueryClient();
  const toast = useToast();
  const renew = () =>
    Promise.all(
      [
        orpc.audit.alerts.key(),
        orpc.audit.alert.key(),
        orpc.audit.state.key(),
        orpc.audit.silences.key(),
      ].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
  const failed = (error: unknown) =>
    toast({ text: errorWords(error, 'The alert could not be changed.').what, problem: true });
  const set = useMutation({
    mutationFn: (state: Settable) => client.audit.setAlert({ alert: alert.id, state }),
    onSuccess: async (_, state) => {
      const { state: before } = alert;
      toast({
        text: SAID[state],
        ...(before === 'silenced'
          ? {}
          : {
              undo: () => void client.audit.setAlert({ alert: alert.id, state: before }).then(renew, failed),
            }),
      });
      await renew();
    },
    onError: failed,
  });
  const note = useMutation({
    mutationFn: (text: string) => client.audit.setAlert({ alert: alert.id, note: text }),
    onSuccess: renew,
    onError: failed,
  });
  const end = useMutation({
    mutationFn: () => client.audit.endSilence({ silence: alert.silence ?? '' }),
    onSuccess: renew,
    onError: failed,
  });
  return {
    running: set.isPending ? set.variables : end.isPending ? 'end' : null,
    set: set.mutate,
    endSilence: () => end.mutate(),
    note,
  };
}

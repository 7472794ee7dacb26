import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PersonMove } from '#shared/contract/incidents.ts';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import type { IncidentView, StepOrder } from '#shared/domain/incident/incident-view.ts';
import { errorWords } from '../../components/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';

/** What a plan is asked for; what is left out is as usual. */
interface PlanWish {
  step: string;
  scope?: 'agent' | 'node';
  words?: string;
  withoutNode?: boolean;
}

/** What can be done about one incident. Every answer is the incident as it is afterwards. */
export function useIncident(incident: string) {
  const queries = useQueryClient();
  const toast = useToast();
  const renew = () => {
    for (const queryKey of [
      orpc.incidents.list.key(),
      // A closed one is read by itself.
      orpc.incidents.get.key(),
      orpc.incidents.entries.key(),
      orpc.incidents.result.key(),
      orpc.incidents.gate.key(),
      orpc.incidents.followUps.key(),
    ])
      void queries.invalidateQueries({ queryKey });
  };
  const tell = (error: unknown) =>
    toast({ text: errorWords(error, 'That did not work.').what, problem: true });
  const usual = { onError: tell, onSettled: renew };
  return {
    /** Asks anew for all that is shown of it. */
    renew,
    move: useMutation<IncidentView, unknown, PersonMove>({
      mutationFn: (move) => client.incidents.move({ incident, move }),
      ...usual,
    }),
    plan: useMutation<IncidentPlan, unknown, PlanWish>({
      mutationFn: (wish) => client.incidents.plan({ incident, ...wish }),
    }),
    begin: useMutation<IncidentView, unknown, Pick<IncidentPlan, 'id' | 'hash'>>({
      mutationFn: ({ id, hash }) => client.incidents.begin({ plan: id, hash }),
      onSettled: renew,
    }),
    investigate: useMutation<IncidentView, unknown, StepOrder>({
      mutationFn: (order) => client.incidents.investigate({ incident, order }),
      ...usual,
    }),
    cancel: useMutation<IncidentView, unknown, string>({
      mutationFn: (step) => client.incidents.cancel({ incident, step }),
      ...usual,
    }),
    tryAgain: useMutation<IncidentView, unknown, void>({
      mutationFn: () => client.incidents.tryAgain({ incident }),
      ...usual,
    }),
    cablePulled: useMutation<IncidentView, unknown, void>({
      mutationFn: () => client.incidents.cablePulled({ incident }),
      ...usual,
    }),
  };
}
export type IncidentActions = ReturnType<typeof useIncident>;

import { useMutation, useMutationState, useQueryClient } from '@tanstack/react-query';
import type { Plan } from '#shared/domain/plan.ts';
import { client, orpc } from '../../transport/queries.ts';

export interface Order {
  /** Ask for consent and begin. */
  order: () => void;
  /** The question about this plan is out, and nobody has answered it yet. */
  asking: boolean;
  /** Another plan whose question is out: there is one at a time. */
  other: Plan | null;
  error: Error | null;
}

const ORDER_KEY = ['order'] as const;

/**
 * Ordering a plan by its id and hash. Consent is asked for outside this page, and the answer can take its time: the
 * question stays known wherever the operator goes meanwhile, and when the plan is made anew behind it.
 * @param plan the plan that is shown
 * @param onOrdered takes the id of the change that began
 */
export function useOrder(plan: Plan, onOrdered?: (change: string) => void): Order {
  const queries = useQueryClient();
  const [asked] = useMutationState({
    filters: { mutationKey: ORDER_KEY, status: 'pending' },
    select: (mutation) => mutation.state.variables as Plan,
  });
  const mutation = useMutation({
    mutationKey: ORDER_KEY,
    mutationFn: (wanted: Plan) => client.plans.apply({ plan: wanted.id, hash: wanted.hash }),
    onSuccess: ({ change }) => {
      void queries.invalidateQueries({ queryKey: orpc.fixes.list.key() });
      onOrdered?.(change);
    },
    // Whatever made it fail, the plan at hand may not be the one that could be ordered.
    onError: (error) => {
      if (codeOf(error) !== 'CONSENT_REFUSED') void queries.invalidateQueries({ queryKey: orpc.fixes.key() });
    },
  });
  const same = asked !== undefined && isSame(asked, plan);
  return {
    order: () => mutation.mutate(plan),
    asking: same,
    other: asked === undefined || same ? null : asked,
    error: mutation.error,
  };
}

/** Whether two plans are about the same thing, one of them perhaps made later. */
function isSame(one: Plan, other: Plan): boolean {
  return (
    one.node === other.node &&
    one.purpose === other.purpose &&
    one.of === other.of &&
    one.checks.join() === other.checks.join()
  );
}

/** @returns the stable code of an error of the contract; empty for any other */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

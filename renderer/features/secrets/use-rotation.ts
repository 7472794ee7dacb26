import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RotationPlan } from '#shared/domain/rotation/plan.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { RotationAsked } from '#shared/domain/rotation/wish.ts';
import { errorWords } from '../../components/error-state.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { useRotations } from '../../transport/use-live.ts';

/** What the page knows of rotations, and what can be done about them. */
export function useRotation() {
  const queries = useQueryClient();
  const toast = useToast();
  const status = useQuery(orpc.rotation.status.queryOptions());
  const live = useRotations();
  const changed = () => void queries.invalidateQueries({ queryKey: orpc.rotation.key() });
  const tell = (error: unknown) =>
    toast({ text: errorWords(error, 'That did not work.').what, problem: true });

  const plan = useMutation<RotationPlan, unknown, RotationAsked>({
    mutationFn: (wish) => client.rotation.plan(wish),
  });
  const begin = useMutation<RotationRun, unknown, Pick<RotationPlan, 'id' | 'hash'>>({
    mutationFn: ({ id, hash }) => client.rotation.begin({ plan: id, hash }),
    onSuccess: () => {
      plan.reset();
      changed();
    },
  });
  const resume = useMutation<RotationRun, unknown, string>({
    mutationFn: (rotation) => client.rotation.resume({ rotation }),
    onError: tell,
    onSettled: changed,
  });
  const abort = useMutation<RotationRun, unknown, string>({
    mutationFn: (rotation) => client.rotation.abort({ rotation }),
    onError: tell,
    onSettled: changed,
  });
  const [newest] = [...live].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const stored = status.data?.running ?? null;
  const running = newest && newest.endedAt === null ? newest : stored?.id === newest?.id ? null : stored;
  return {
    running,
    /** Ended while this page was open. */
    ended: newest && newest.endedAt !== null ? newest : null,
    unfinished: status.data?.unfinished ?? [],
    /** The last rotation, where its nodes keep strangers out. */
    fenced: status.data?.fenced ?? null,
    error: status.error,
    plan,
    begin,
    resume,
    abort,
  };
}
export type Rotation = ReturnType<typeof useRotation>;

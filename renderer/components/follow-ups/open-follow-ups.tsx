import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { FollowUpOf } from '#shared/domain/incident/follow-up.ts';
import { visible } from '#shared/domain/text.ts';
import { client, orpc } from '../../transport/queries.ts';
import { errorWords } from '../error-state.tsx';
import { useToast } from '../toast.tsx';
import { FollowUpRow } from './follow-up-row.tsx';

/** What incidents asked to be changed and nobody has changed yet, each with the incident that it comes from. Nothing where there is none. */
export function OpenFollowUps() {
  const queries = useQueryClient();
  const toast = useToast();
  const { data } = useQuery(orpc.incidents.followUps.queryOptions({ retry: false }));
  const tick = useMutation({
    mutationFn: ({ incident, followUp }: FollowUpOf) =>
      client.incidents.move({
        incident,
        move: { kind: 'follow-up-done', number: followUp.number, done: true, words: '' },
      }),
    onError: (error) => toast({ text: errorWords(error, 'That did not work.').what, problem: true }),
    onSettled: () => {
      for (const queryKey of [orpc.incidents.followUps.key(), orpc.incidents.list.key()])
        void queries.invalidateQueries({ queryKey });
    },
  });
  const open = (data ?? []).filter(({ followUp }) => followUp.doneAt === null);
  if (open.length === 0) return null;
  return (
    <section className="follow-up-list" aria-labelledby="follow-up-list">
      <h2 id="follow-up-list">To follow up after an incident</h2>
      <ul className="follow-ups">
        {open.map((one) => (
          <FollowUpRow
            key={`${one.incident} ${one.followUp.number}`}
            followUp={one.followUp}
            onTick={() => tick.mutate(one)}
            origin={
              <Link to="/incident" search={(before) => ({ ...before, of: one.incident })}>
                Incident {one.of}, {visible(one.name)}
              </Link>
            }
          />
        ))}
      </ul>
    </section>
  );
}

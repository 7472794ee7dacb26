import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { FollowUp } from '#shared/domain/incident/follow-up.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { Button } from '../../components/button.tsx';
import { FollowUpRow } from '../../components/follow-ups/follow-up-row.tsx';
import { FollowUpForm, type FollowUpWords } from './follow-up-form.tsx';
import type { IncidentActions } from './use-incident.ts';

/** What is to change so that it cannot happen in the same way again; also after the incident is closed. */
export function FollowUps({ incident, actions }: { incident: Incident; actions: IncidentActions }) {
  const [editing, setEditing] = useState<number | 'new' | null>(null);
  const { followUps } = incident;
  const { move } = actions;
  const lessons = incident.steps.find(({ action }) => action === 'lessons');
  // Before there is anything to learn from, an empty list would only be in the way.
  const early = incident.closedAt === null && lessons?.state === 'not-begun' && followUps.length === 0;
  if (early && editing === null) return null;
  const save = (words: FollowUpWords) =>
    move.mutate(
      typeof editing === 'number'
        ? { kind: 'follow-up-change', number: editing, ...words }
        : { kind: 'follow-up', ...words },
      { onSuccess: () => setEditing(null) },
    );
  const tick = ({ number, doneAt }: FollowUp) =>
    move.mutate({ kind: 'follow-up-done', number, done: doneAt === null, words: '' });
  return (
    <section className="incident__part incident__wide" aria-labelledby="will-change">
      <h2 id="will-change">What will change</h2>
      {followUps.length === 0 ? (
        <p className="incident__quiet">
          Nothing was written down yet. Which one thing would have kept this from happening?
        </p>
      ) : (
        <ul className="follow-ups">
          {followUps.map((one) =>
            editing === one.number ? (
              <li key={one.number} className="follow-up">
                <FollowUpForm
                  start={one}
                  busy={move.isPending}
                  onSave={save}
                  onLeave={() => setEditing(null)}
                />
              </li>
            ) : (
              <FollowUpRow
                key={one.number}
                followUp={one}
                onTick={() => tick(one)}
                aside={
                  <Button variant="link" onClick={() => setEditing(one.number)}>
                    Change
                  </Button>
                }
              />
            ),
          )}
        </ul>
      )}
      {editing === 'new' ? (
        <FollowUpForm start={null} busy={move.isPending} onSave={save} onLeave={() => setEditing(null)} />
      ) : (
        <Button icon={<Plus aria-hidden="true" />} onClick={() => setEditing('new')}>
          Add what will change
        </Button>
      )}
    </section>
  );
}

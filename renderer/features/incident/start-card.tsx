import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentKind } from '#shared/domain/incident/incident.ts';
import type { IncidentDraft, IncidentView } from '#shared/domain/incident/incident-view.ts';
import { PLAYBOOK_LIST } from '#shared/domain/incident/playbook.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { SelectField, TextAreaField, TextField } from '../../components/field.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { client, orpc } from '../../transport/queries.ts';
import './start-card.css';

export interface StartCardProps {
  draft: IncidentDraft;
  onStarted: (incident: string) => void;
  onLeave: () => void;
}

/** What a new incident is about, filled in as far as it is known. Starting it changes no node. */
export function StartCard({ draft, onStarted, onLeave }: StartCardProps) {
  const queries = useQueryClient();
  const [kind, setKind] = useState<IncidentKind>(draft.kind);
  const [node, setNode] = useState(draft.node ?? '');
  const [name, setName] = useState(draft.node === null ? draft.name : '');
  const [seen, setSeen] = useState(draft.seen);
  const nodes = useQuery(orpc.nodes.list.queryOptions()).data ?? [];
  const start = useMutation<IncidentView, unknown, void>({
    mutationFn: () =>
      client.incidents.start({
        ...draft,
        kind,
        node: node === '' ? null : node,
        name: node === '' ? name.trim() : '',
        seen: seen.trim(),
      }),
    onSuccess: async ({ incident }) => {
      await queries.invalidateQueries({ queryKey: orpc.incidents.list.key() });
      onStarted(incident.id);
    },
  });
  const given = draft.origin.kind !== 'by-hand';
  return (
    <section className="start">
      <fieldset className="start__kinds">
        <legend>What is it?</legend>
        {PLAYBOOK_LIST.map((playbook) => (
          <label
            key={playbook.kind}
            className={kind === playbook.kind ? 'start__kind start__kind--chosen' : 'start__kind'}
          >
            <input
              type="radio"
              name="kind"
              value={playbook.kind}
              checked={kind === playbook.kind}
              onChange={() => setKind(playbook.kind)}
            />
            <span>
              <span className="start__title">{playbook.title}</span>
              <span className="start__when">{playbook.when}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="start__fields">
        <SelectField
          label="Which node"
          options={[
            ...nodes.map(({ id, name: nodeName }) => ({ value: id, label: visible(nodeName) })),
            { value: '', label: 'None of the list' },
          ]}
          value={node}
          onChange={(event) => setNode(event.target.value)}
        />
        {node === '' ? (
          <TextField
            label="What to call it"
            placeholder="A stranger’s name, a lost device, a key"
            maxLength={256}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        ) : null}
        <TextAreaField
          label="What was seen"
          rows={3}
          maxLength={2_048}
          value={seen}
          hint={
            given ? (
              <>
                Filled in from {draft.origin.kind === 'alert' ? 'the alert' : 'the finding'}. Since{' '}
                <RelativeTime at={draft.since} />.
              </>
            ) : (
              'In your own words, as far as you know. It can be empty.'
            )
          }
          onChange={(event) => setSeen(event.target.value)}
        />
        {start.error ? <ErrorState inline {...errorWords(start.error, 'It could not be started.')} /> : null}
        <div className="start__foot">
          <Button
            variant="filled"
            running={start.isPending && 'Starting'}
            disabledReason={
              node === '' && name.trim() === '' ? 'Choose a node, or say what it is about.' : null
            }
            onClick={() => start.mutate()}
          >
            Start the incident
          </Button>
          <Button onClick={onLeave}>Not now</Button>
        </div>
        <p className="incident__quiet">Starting it changes nothing on any node. Each step is shown first.</p>
      </div>
    </section>
  );
}

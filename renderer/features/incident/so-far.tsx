import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { EntryKind, Incident, IncidentEntry } from '#shared/domain/incident/incident.ts';
import { stepText } from '#shared/domain/incident/incident-words.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { clockTime, dayInWords, exactTime } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import type { IncidentActions } from './use-incident.ts';
import './so-far.css';

const SHOWN = 4;
/** Here seconds matter. */
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What was done so far, newest first, and a line to write more. Every line is on the record. */
export function SoFar({ incident, actions }: { incident: Incident; actions: IncidentActions }) {
  const [all, setAll] = useState(false);
  const { data } = useQuery(
    orpc.incidents.entries.queryOptions({ input: { incident: incident.id, limit: all ? 200 : SHOWN } }),
  );
  const total = data?.total ?? 0;
  const entries = data?.entries ?? [];
  return (
    <section className="incident__part incident__wide" aria-labelledby="so-far">
      <div className="section-heading">
        <h2 id="so-far">So far</h2>
        <div className="section-heading__aside">
          {total > SHOWN ? (
            <Button variant="link" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? 'Only the newest' : `All ${total.toLocaleString('en')} entries`}
              <ChevronRight aria-hidden="true" />
            </Button>
          ) : null}
        </div>
      </div>
      <ol className="so-far">
        {entries.map((entry) => (
          <EntryRow key={entry.entry} incident={incident} entry={entry} />
        ))}
      </ol>
      {incident.closedAt === null ? <NoteLine actions={actions} /> : null}
      <p className="incident__quiet">
        Each of these is in the record of this console.{' '}
        <Link to="/activity" search={(before) => ({ ...before, about: 'incidents' })}>
          See it there
        </Link>
      </p>
    </section>
  );
}

function EntryRow({ incident, entry }: { incident: Incident; entry: IncidentEntry }) {
  const { at, who } = entry;
  const today = new Date(at).toDateString() === new Date().toDateString();
  return (
    <li className="so-far__row">
      <time dateTime={at} title={exactTime(at)} className="so-far__time tabular">
        {today ? CLOCK.format(new Date(at)) : `${dayInWords(at, Date.now(), true)}, ${clockTime(at)}`}
      </time>
      <span className="so-far__text">{entryWords(incident, entry)}</span>
      <span className="so-far__who">{visible(who)}</span>
    </li>
  );
}

const VERB: Readonly<Record<EntryKind, string>> = {
  opened: 'Opened',
  begun: 'begun',
  done: 'done',
  failed: 'did not work',
  skipped: 'skipped',
  again: 'taken up again',
  note: 'Note',
  decision: 'Decided',
  pinned: 'Pinned',
  unpinned: 'Not pinned any more',
  revoked: 'Ended where it was issued',
  'not-revoked': 'Not ended after all',
  closed: 'Closed',
  reopened: 'Opened again',
  'false-alarm': 'Called a false alarm',
  'known-before': 'How it was before',
  'kit-made': 'kit made',
  'host-key': 'new host key known',
  'let-in': 'Let in although the gate is shut',
  'follow-up': 'To be changed',
  'follow-up-changed': 'To be changed, worded anew',
  'follow-up-done': 'Changed',
  'follow-up-open': 'Not changed after all',
};

function entryWords(incident: Incident, { kind, step, text }: IncidentEntry): string {
  const what = step === null ? VERB[kind] : `${visible(stepText(incident, step).title)}: ${VERB[kind]}`;
  return text === '' ? what : `${what}${step === null ? ': ' : '. '}${visible(text)}`;
}

function NoteLine({ actions }: { actions: IncidentActions }) {
  const [words, setWords] = useState('');
  const { move } = actions;
  const write = (kind: 'note' | 'decide') => {
    if (words.trim() !== '') move.mutate({ kind, words: words.trim() }, { onSuccess: () => setWords('') });
  };
  return (
    <form
      className="so-far__note"
      onSubmit={(event) => {
        event.preventDefault();
        write('note');
      }}
    >
      <TextField
        label="Write something down"
        hideLabel
        placeholder="Write down what you see, decide or ask"
        maxLength={2_048}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <Button type="submit">Note it</Button>
      <Button variant="plain" onClick={() => write('decide')}>
        As a decision
      </Button>
    </form>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Pin, PinOff } from 'lucide-react';
import { useState } from 'react';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { TimelineEntry, TimelineSource } from '#shared/domain/incident/timeline.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { dayInWords, exactTime } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { TIMELINE_WORDS } from './timeline-words.ts';
import type { IncidentActions } from './use-incident.ts';
import './looked-into.css';

const BEFORE_MS = 3_600_000;
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What happened around it, newest first: filtered, and pinned with a word where it matters. */
export function TimelinePanel({ incident, actions }: { incident: Incident; actions: IncidentActions }) {
  const [search, setSearch] = useState('');
  const [source, setSource] = useState<TimelineSource | ''>('');
  const query = {
    from: new Date(Date.parse(incident.since) - BEFORE_MS).toISOString(),
    to: incident.closedAt ?? new Date(Math.ceil(Date.now() / 60_000) * 60_000).toISOString(),
    nodes: incident.node === null ? [] : [incident.node],
    sources: source === '' ? [] : [source],
    search,
    limit: 100,
  };
  const { data, error, isFetching, refetch } = useQuery(
    orpc.incidents.timeline.queryOptions({ input: { incident: incident.id, query } }),
  );
  const pins = new Map(incident.pins.map((pin) => [pin.item, pin.note]));
  return (
    <div className="step-panel__found">
      <div className="hunt">
        <SelectField
          label="From where"
          options={[{ value: '', label: 'Everything' }, ...TIMELINE_WORDS]}
          value={source}
          onChange={(event) => setSource(event.target.value as TimelineSource | '')}
        />
        <TextField label="Words in it" value={search} onChange={(event) => setSearch(event.target.value)} />
        <Button running={isFetching && 'Reading'} onClick={() => void refetch()}>
          Read again
        </Button>
      </div>
      {error ? <ErrorState inline {...errorWords(error, 'The timeline could not be read.')} /> : null}
      <ol className="found" aria-label="Timeline">
        {(data?.entries ?? []).map((entry) => (
          <TimelineRow
            key={entry.id}
            entry={entry}
            note={pins.get(entry.id) ?? null}
            open={incident.closedAt === null}
            actions={actions}
          />
        ))}
      </ol>
      {data?.entries.length === 0 ? <p className="incident__quiet">Nothing of that kind is known.</p> : null}
      {(data?.unseen ?? []).map((line) => (
        <p key={line} className="incident__quiet">
          Missing here: {visible(line)}
        </p>
      ))}
    </div>
  );
}

interface TimelineRowProps {
  entry: TimelineEntry;
  /** Null: not pinned. */
  note: string | null;
  open: boolean;
  actions: IncidentActions;
}

function TimelineRow({ entry, note, open, actions }: TimelineRowProps) {
  const [words, setWords] = useState(note ?? '');
  const { move } = actions;
  const pin = () =>
    move.mutate({ kind: 'pin', item: entry.id, title: entry.text.slice(0, 1_000), words: words.trim() });
  const pinned = note !== null;
  return (
    <li className={`timeline__row timeline__row--${entry.weight}`}>
      <time dateTime={entry.at} title={exactTime(entry.at)} className="so-far__time tabular">
        {dayInWords(entry.at, Date.now(), true)}, {CLOCK.format(new Date(entry.at))}
      </time>
      <span className="timeline__text">{visible(entry.text)}</span>
      {open ? (
        <Button
          small
          variant="plain"
          aria-pressed={pinned}
          icon={pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}
          onClick={() => (pinned ? move.mutate({ kind: 'unpin', item: entry.id }) : pin())}
        >
          {pinned ? 'Unpin' : 'Pin'}
        </Button>
      ) : null}
      {pinned ? (
        <form
          className="timeline__note"
          onSubmit={(event) => {
            event.preventDefault();
            pin();
          }}
        >
          <TextField
            label={`Why it matters: ${entry.text.slice(0, 60)}`}
            hideLabel
            placeholder="Why it matters"
            value={words}
            readOnly={!open}
            onChange={(event) => setWords(event.target.value)}
          />
          {open && words.trim() !== note ? <Button type="submit">Keep</Button> : null}
        </form>
      ) : null}
    </li>
  );
}

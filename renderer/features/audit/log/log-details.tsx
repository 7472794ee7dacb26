import { Ban, Columns2 } from 'lucide-react';
import { useState } from 'react';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Disclosure } from '../../../components/disclosure.tsx';
import { RawText } from '../../../components/raw-text.tsx';
import { count, exactTime } from '../../../components/time-words.ts';
import { AroundPart } from './around-part.tsx';
import { fieldValues } from './kind-words.ts';
import './log-details.css';

/** Fields and letters that are drawn before somebody asks for all. */
const FIELDS = 24;
const LETTERS = 240;

/** What can be done from a row. */
export interface RowActions {
  /** Keep only, or leave out, events with this value. */
  onFilter: (field: string, value: string, not: boolean) => void;
  /** Show a field as a column, or no longer. */
  onColumn: (field: string) => void;
  /** Go to an event in the whole log. */
  onGoTo: (number: number) => void;
  /** The name of a source by its id. */
  sourceName: (source: string) => string;
}

export interface LogDetailsProps {
  event: AuditEvent;
  columns: readonly string[];
  actions: RowActions;
  /** What belongs to it beside, under its fields. */
  children?: React.ReactNode;
}

/** What unfolds under a line: its fields, the raw line, what stood around it, and what can be done with it. */
export function LogDetails({ event, columns, actions, children }: LogDetailsProps) {
  const [all, setAll] = useState(false);
  const [around, setAround] = useState(false);
  const fields = Object.entries(event.fields);
  const shown = all ? fields : fields.slice(0, FIELDS);
  const only = mostTelling(event);
  return (
    <section className="details" aria-label={`Event ${event.number.toLocaleString('en')}`}>
      <dl className="details__fields">
        {shown.map(([field, value]) => (
          <div key={field}>
            <dt>
              <button
                type="button"
                className="details__name"
                aria-pressed={columns.includes(field)}
                title={columns.includes(field) ? 'No longer a column' : 'Show as a column'}
                onClick={() => actions.onColumn(field)}
              >
                <span className="details__words">{visible(field)}</span>
                <Columns2 aria-hidden="true" />
              </button>
            </dt>
            <dd>
              {fieldValues(value).map((text, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: values may be equal and never move
                <Value key={index} field={field} text={text} onFilter={actions.onFilter} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
      {fields.length > shown.length ? (
        <Button variant="link" onClick={() => setAll(true)}>
          {fields.length - shown.length} more fields
        </Button>
      ) : null}
      <Facts event={event} sourceName={actions.sourceName} />
      {children}
      {event.derived ? null : <RawLine event={event} />}
      <div className="details__buttons">
        {only ? (
          <Button variant="link" onClick={() => actions.onFilter(only.field, only.value, false)}>
            {only.words}
          </Button>
        ) : null}
        <Button variant="link" aria-expanded={around} onClick={() => setAround((before) => !before)}>
          What happened around it
        </Button>
        {event.group ? (
          <Button variant="link" onClick={() => actions.onFilter('group', event.group ?? '', false)}>
            All records of this happening
          </Button>
        ) : null}
        <span className="details__copy">
          <span aria-hidden="true">JSON</span>
          <CopyButton text={JSON.stringify(event, null, 2)} label={`Copy event ${event.number} as JSON`} />
        </span>
      </div>
      {around ? <AroundPart number={event.number} onGoTo={actions.onGoTo} /> : null}
    </section>
  );
}

function RawLine({ event: { raw, number } }: { event: AuditEvent }) {
  const removed = raw === '';
  return (
    <Disclosure summary="Raw line" note={removed ? 'was removed, as the settings say' : undefined}>
      <div className="details__raw">
        {removed ? (
          <p className="quiet">Its hash is still in the ledger, so nothing could be put in its place.</p>
        ) : (
          <RawText text={raw} label={`Raw line of event ${number}`} />
        )}
      </div>
    </Disclosure>
  );
}

interface ValueProps {
  field: string;
  text: string;
  onFilter: RowActions['onFilter'];
}

/** A value: pressed, it filters; beside it the way to leave it out. What is long is cut until somebody asks. */
function Value({ field, text, onFilter }: ValueProps) {
  const [whole, setWhole] = useState(false);
  const long = text.length > LETTERS;
  return (
    <span className="details__value">
      <button
        type="button"
        className="details__filter"
        title="Only this"
        onClick={() => onFilter(field, text, false)}
      >
        {text === '' ? <span className="quiet">empty</span> : visible(text.slice(0, LETTERS))}
        {long && !whole ? '…' : ''}
      </button>
      <button
        type="button"
        className="details__not"
        aria-label={`Leave out ${visible(field)} ${visible(text.slice(0, 64))}`}
        title="Leave this out"
        onClick={() => onFilter(field, text, true)}
      >
        <Ban aria-hidden="true" />
      </button>
      {long ? (
        <Button variant="link" aria-expanded={whole} onClick={() => setWhole((before) => !before)}>
          {whole ? 'Less' : `All ${text.length.toLocaleString('en')} characters`}
        </Button>
      ) : null}
      {whole ? <RawText text={text} label={`${visible(field)}, whole`} /> : null}
    </span>
  );
}

/** Where it stands, when it happened and when it was read; what was cut. */
function Facts({ event, sourceName }: { event: AuditEvent; sourceName: RowActions['sourceName'] }) {
  const late = (Date.parse(event.receivedAt) - Date.parse(event.at)) / 1_000;
  return (
    <p className="details__facts">
      <span>event {event.number.toLocaleString('en')}</span>
      <span>{visible(sourceName(event.source))}</span>
      <span>{exactTime(event.at)}</span>
      {event.timeFrom === 'log' && late > 0 ? <span>{lateWords(late)}</span> : null}
      {event.timeFrom === 'received' ? <span>the line says no time, so this is when it was read</span> : null}
      {event.timeFrom === 'implausible' ? (
        <span>
          the line claims <code>{visible(event.timeText ?? '')}</code>, which cannot be; this is when it was
          read
        </span>
      ) : null}
      {event.derived ? <span>put together from several records</span> : null}
      {event.cut ? (
        <span>
          cut: the line had {event.cut.bytes.toLocaleString('en')} bytes, SHA-256{' '}
          <code>{event.cut.sha256}</code>
        </span>
      ) : null}
    </p>
  );
}

/** A line that is followed is shown at once; what is read later was there long before. */
function lateWords(seconds: number): string {
  if (seconds < 60) return `shown after ${seconds.toFixed(2)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `read ${count(minutes, 'minute')} later`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `read ${hours} hours later` : `read ${Math.round(hours / 24)} days later`;
}

const TELLING: readonly (readonly [field: string, words: string])[] = [
  ['DestinationIp', 'Only this address'],
  ['DestinationHostname', 'Only this host'],
  ['CommandLine', 'Only this command'],
  ['TargetFilename', 'Only this file'],
  ['Image', 'Only this program'],
  ['tool', 'Only this tool'],
  ['SourceIp', 'Only from this address'],
];

function mostTelling(event: AuditEvent): { field: string; value: string; words: string } | null {
  for (const [field, words] of TELLING) {
    const value = event.fields[field];
    const [text] = value === undefined ? [] : fieldValues(value);
    if (text) return { field, value: text, words };
  }
  return null;
}

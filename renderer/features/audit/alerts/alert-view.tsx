import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { count } from '../../../components/time-words.ts';
import { orpc } from '../../../transport/queries.ts';
import { asksForHands } from '../audit-sentence.ts';
import { BackToLog } from '../back-to-log.tsx';
import { LogDetails, type RowActions } from '../log/log-details.tsx';
import { LogRow } from '../log/log-row.tsx';
import { toggleValue } from '../query/query-text.ts';
import { AlertCard } from './alert-card.tsx';
import { IsolatePart } from './isolate-part.tsx';
import './alert-view.css';

/** A time between two lines that is worth a word. */
const LATER_MS = 60_000;

export interface AlertViewProps {
  id: string;
  names: ReadonlyMap<string, string>;
}

/** One alert with what matched, and what happened just before and after on that node, in one list. */
export function AlertView({ id, names }: AlertViewProps) {
  const { data, error, refetch } = useQuery(orpc.audit.alert.queryOptions({ input: { alert: id } }));
  const sources = useQuery(orpc.audit.sources.queryOptions({ input: {} })).data ?? [];
  const [open, setOpen] = useState<number | undefined>();
  const navigate = useNavigate();
  if (error && !data) {
    return (
      <div className="audit__panel">
        <BackToLog />
        <ErrorState
          inline
          {...errorWords(error, 'The alert could not be read.')}
          action={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      </div>
    );
  }
  if (!data || data.alert.id !== id) {
    return (
      <div className="audit__panel">
        <p className="log__note" role="status">
          <Spinner /> Reading the alert
        </p>
      </div>
    );
  }
  const { alert, matched, around } = data;
  const nodeName = names.get(alert.node) ?? alert.node;
  const hits = new Set(matched.map(({ number }) => number));
  // By time: what came from two files may be stored in another order than it happened.
  const events = [...new Map([...around, ...matched].map((event) => [event.number, event])).values()].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || a.number - b.number,
  );
  const firstHit = events.find(({ number }) => hits.has(number))?.number;
  const actions: RowActions = {
    onFilter: (field, value, not) =>
      void navigate({
        to: '/audit',
        search: (before) => ({ ...before, alert: undefined, q: toggleValue('', field, value, not) }),
      }),
    onColumn: () => undefined,
    onGoTo: (number) =>
      void navigate({ to: '/audit', search: (before) => ({ ...before, alert: undefined, event: number }) }),
    sourceName: (source) => sources.find((entry) => entry.id === source)?.name ?? source,
  };
  return (
    <div className="audit__panel">
      <BackToLog />
      <div className="alert-view">
        <div className="alert-view__main">
          <IsolatePart alert={alert} open={asksForHands(alert)} />
          <section className="alert-view__events" aria-labelledby="alert-view-title">
            <h2 id="alert-view-title">Before and after on {nodeName}</h2>
            <p className="quiet">
              {matched.length < alert.count
                ? `${matched.length} of ${alert.count.toLocaleString('en')} matches`
                : `${matched.length === 1 ? 'The match' : 'All matches'}`}{' '}
              marked, among what else the node did.
            </p>
            <ol className="alert-view__lines">
              {events.map((event, index) => (
                <AroundRow
                  key={event.number}
                  event={event}
                  nodeName={nodeName}
                  before={events[index - 1]}
                  hit={hits.has(event.number)}
                  first={event.number === firstHit}
                  open={open === event.number}
                  onOpen={setOpen}
                  actions={actions}
                />
              ))}
            </ol>
          </section>
        </div>
        <aside className="alert-view__card">
          <AlertCard alert={alert} nodeName={nodeName} alone />
          <p>
            <Link
              to="/audit"
              search={(before) => ({
                ...before,
                alert: undefined,
                q: alert.entityField ? toggleValue('', alert.entityField, alert.entity) : undefined,
              })}
            >
              Everything in the log about it
            </Link>
          </p>
        </aside>
      </div>
    </div>
  );
}

interface AroundRowProps {
  event: AuditEvent;
  nodeName: string;
  before: AuditEvent | undefined;
  hit: boolean;
  /** The first that matched: the list begins there. */
  first: boolean;
  open: boolean;
  onOpen: (number: number | undefined) => void;
  actions: RowActions;
}

function AroundRow({ event, nodeName, before, hit, first, open, onOpen, actions }: AroundRowProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (first) row.current?.scrollIntoView({ block: 'center' });
  }, [first]);
  const later = before === undefined ? 0 : Date.parse(event.at) - Date.parse(before.at);
  return (
    <li ref={row} className={hit ? 'alert-view__line alert-view__line--hit' : 'alert-view__line'}>
      {before !== undefined && later >= LATER_MS ? (
        <span className="alert-view__between">
          {count(Math.round(later / 60_000), 'minute')} later,{' '}
          {(event.number - before.number - 1).toLocaleString('en')} events of all nodes in between
        </span>
      ) : null}
      <div className="alert-view__row">
        <span className="alert-view__mark">{hit ? 'matched' : ''}</span>
        <LogRow event={event} nodeName={nodeName} columns={NONE} open={open} focusable onOpen={onOpen} />
      </div>
      {open ? <LogDetails event={event} columns={NONE} actions={actions} /> : null}
    </li>
  );
}

const NONE: readonly string[] = [];

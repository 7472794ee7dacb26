import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { ListFilter } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AuditState } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { useScope } from '../../app/scope.ts';
import { type AuditSearch, readAuditSearch } from '../../app/search.ts';
import { useNow } from '../../components/relative-time.tsx';
import { orpc } from '../../transport/queries.ts';
import { AlertColumn } from './alerts/alert-column.tsx';
import { Facets } from './facets.tsx';
import { LogPane } from './log/log-pane.tsx';
import type { LogChoice } from './log/use-log.ts';
import { QueryField } from './query/query-field.tsx';
import { Histogram } from './time/histogram.tsx';
import { type Stretch, stretchOf } from './time/span.ts';
import { SpanChoice } from './time/span-choice.tsx';
import { unwatchedTimes } from './time/unwatched.ts';

/** Milliseconds after which the bars are read anew while time goes on. */
const BARS_EVERY_MS = 5_000;
/** Columns that fit beside the message. */
const MOST_COLUMNS = 4;

export interface LogViewProps {
  state: AuditState;
  sources: readonly AuditSource[];
  alerts: readonly Alert[];
  names: ReadonlyMap<string, string>;
}

/** Query, bars, values, lines and alerts. What is asked stands in the address. */
export function LogView({ state, sources, alerts, names }: LogViewProps) {
  const node = useScope();
  const search = useSearch({ strict: false }) as AuditSearch;
  const navigate = useNavigate();
  const span = search.span ?? '1h';
  const now = useNow();
  const shown = useMemo(() => stretchOf(span, now), [span, now]);
  const input = useRef<HTMLInputElement>(null);
  const [columns, setColumns] = useState<readonly string[]>([]);
  const [faceted, setFaceted] = useState(false);

  const words = search.q ?? '';
  const query = readQuery(words).ok ? words : '';
  // Both from one place: what is asked and how often must not be of two different addresses.
  const { search: addressed, state: history } = useLocation();
  const { event } = readAuditSearch(addressed);
  const { asked } = history;
  /** An event that was asked for from elsewhere (the line of an alert), perhaps once more: the list begins anew at it. */
  const opened = useRef(event);
  const answered = useRef(asked);
  const [stands, setStands] = useState(0);
  useEffect(() => {
    const again = asked !== undefined && asked !== answered.current;
    if (event !== undefined && (again || event !== opened.current)) setStands((times) => times + 1);
    opened.current = event;
    answered.current = asked;
  }, [event, asked]);
  const { from = null, to = null } = search;
  const begin = new Date(shown.from).toISOString();
  const choice = useMemo<LogChoice>(() => ({ query, node, from, to }), [query, node, from, to]);
  const counted = useMemo<LogChoice>(
    () => ({ query, node, from: from ?? begin, to }),
    [query, node, from, to, begin],
  );
  const chosen = useMemo<Stretch | null>(
    () => (from === null ? null : { from: Date.parse(from), to: to === null ? shown.to : Date.parse(to) }),
    [from, to, shown.to],
  );
  const set = useCallback(
    (change: Partial<AuditSearch>) =>
      void navigate({
        to: '/audit',
        search: (before) => ({ ...before, ...change }),
        replace: true,
      }),
    [navigate],
  );
  const setQuery = useCallback((q: string) => set({ q: q === '' ? undefined : q, event: undefined }), [set]);
  const toggleColumn = useCallback(
    (field: string) =>
      setColumns((before) =>
        before.includes(field)
          ? before.filter((other) => other !== field)
          : [...before, field].slice(-MOST_COLUMNS),
      ),
    [],
  );
  const choose = (stretch: Stretch | null) =>
    set({
      from: stretch ? new Date(stretch.from).toISOString() : undefined,
      // The right edge is the present: what comes is still in it.
      to: stretch && stretch.to < shown.to ? new Date(stretch.to).toISOString() : undefined,
      event: undefined,
    });
  const of = `${query} ${node} ${span}`;
  /** Counting all of it takes long: it is done once, of the time that was shown then. */
  const [whole, setWhole] = useState<{ of: string; from: string; to: string } | null>(null);
  const thorough = whole?.of === of ? whole : null;
  const end = new Date(shown.to).toISOString();
  const bars = useQuery({
    ...orpc.audit.histogram.queryOptions({
      input: {
        query,
        ...(node === null ? {} : { node }),
        from: thorough?.from ?? begin,
        to: thorough?.to ?? end,
        thorough: thorough !== null,
      },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: thorough === null && BARS_EVERY_MS,
  });
  const known = useQuery(orpc.audit.gaps.queryOptions({ input: {} })).data;
  const unwatched = useMemo(() => {
    const own = new Set(sources.map(({ id }) => id));
    return unwatchedTimes(
      (known ?? []).filter(({ source }) => own.has(source)),
      shown,
    );
  }, [known, sources, shown]);
  return (
    <>
      <div className="audit__tools">
        <div className="audit__bar">
          <QueryField query={words} onQuery={setQuery} input={input} />
          <SpanChoice span={span} onSpan={(id) => set({ span: id, from: undefined, to: undefined })} />
          <button
            type="button"
            className="audit__facets-switch"
            aria-label="Most frequent values"
            title="Most frequent values"
            aria-expanded={faceted}
            onClick={() => setFaceted((before) => !before)}
          >
            <ListFilter aria-hidden="true" />
          </button>
        </div>
        <Histogram
          bars={bars.data ?? NO_BARS}
          shown={shown}
          chosen={chosen}
          onChoose={choose}
          filtered={query !== ''}
          stale={bars.isPlaceholderData && thorough === null}
          unwatched={unwatched}
          onGaps={() => set({ view: 'sources' })}
          counting={thorough !== null && bars.isFetching}
          onThorough={(all) => setWhole(all ? { of, from: begin, to: end } : null)}
        />
      </div>
      <div className={faceted ? 'audit__body audit__body--faceted' : 'audit__body'}>
        <Facets choice={counted} columns={columns} sources={sources} names={names} onQuery={setQuery} />
        <LogPane
          key={stands}
          opened={opened}
          choice={choice}
          state={state}
          sources={sources}
          names={names}
          columns={columns}
          onColumn={toggleColumn}
          open={event}
          set={set}
          input={input}
        />
        <AlertColumn alerts={alerts} names={names} state={state} />
      </div>
    </>
  );
}

const NO_BARS: never[] = [];

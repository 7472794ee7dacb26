import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ListFilter } from 'lucide-react';
import { type CSSProperties, useMemo, useRef, useState } from 'react';
import type { AuditState } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { useScope } from '../../app/scope.ts';
import type { AuditSearch } from '../../app/search.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { orpc } from '../../transport/queries.ts';
import { AlertColumn } from './alerts/alert-column.tsx';
import { Facets } from './facets.tsx';
import { LogFoot } from './log/log-foot.tsx';
import { LogList, type LogListHandle } from './log/log-list.tsx';
import { type LogChoice, useLog } from './log/use-log.ts';
import { QueryField } from './query/query-field.tsx';
import { toggleValue } from './query/query-text.ts';
import { Histogram } from './time/histogram.tsx';
import { type Stretch, stretchOf } from './time/span.ts';
import { SpanChoice } from './time/span-choice.tsx';
import { useLogKeys } from './use-log-keys.ts';

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

/** Query, bars, facets, lines and alerts. What is asked stands in the address. */
export function LogView({ state, sources, alerts, names }: LogViewProps) {
  const node = useScope();
  const search = useSearch({ strict: false }) as AuditSearch;
  const navigate = useNavigate();
  const span = search.span ?? '1h';
  const now = useNow();
  const shown = useMemo(() => stretchOf(span, now), [span, now]);
  const input = useRef<HTMLInputElement>(null);
  const handle = useRef<LogListHandle>(null);
  const [columns, setColumns] = useState<readonly string[]>([]);
  const [faceted, setFaceted] = useState(false);

  const asked = search.q ?? '';
  const query = readQuery(asked).ok ? asked : '';
  const chosen: Stretch | null =
    search.from === undefined
      ? null
      : { from: Date.parse(search.from), to: search.to === undefined ? shown.to : Date.parse(search.to) };
  const choice: LogChoice = { query, node, from: search.from ?? null, to: search.to ?? null };
  const log = useLog(choice, true);
  const set = (change: Partial<AuditSearch>) =>
    void navigate({
      to: '/audit',
      search: (before) => ({ ...before, ...change }),
      replace: true,
      resetScroll: false,
    });
  const setQuery = (q: string) => set({ q: q === '' ? undefined : q, event: undefined });
  const setOpen = (event: number | undefined) => {
    if (event !== undefined) log.pause();
    set({ event });
  };
  const choose = (stretch: Stretch | null) =>
    set({
      from: stretch ? new Date(stretch.from).toISOString() : undefined,
      // The right edge is the present: what comes is still in it.
      to: stretch && stretch.to < shown.to ? new Date(stretch.to).toISOString() : undefined,
      event: undefined,
    });
  const goTo = (number: number) => {
    set({ q: undefined, from: undefined, to: undefined, event: number });
    // With another choice the list begins anew first.
    setTimeout(
      () => void log.goTo(number).then(() => handle.current?.focus(number)),
      query || chosen ? 300 : 0,
    );
  };

  const bars = useQuery({
    ...orpc.audit.histogram.queryOptions({
      input: {
        query,
        ...(node === null ? {} : { node }),
        from: new Date(shown.from).toISOString(),
        to: new Date(shown.to).toISOString(),
      },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: BARS_EVERY_MS,
  });
  const facetTime: LogChoice = { ...choice, from: choice.from ?? new Date(shown.from).toISOString() };
  const step = useLogKeys({ input, handle, log, choice, open: search.event, onOpen: setOpen });
  const filtered = query !== '' || search.from !== undefined;
  const style = { '--columns': columns.length } as CSSProperties;
  return (
    <>
      <div className="audit__tools">
        <div className="audit__bar">
          <QueryField query={asked} onQuery={setQuery} input={input} />
          <SpanChoice span={span} onSpan={(id) => set({ span: id, from: undefined, to: undefined })} />
          <Button
            className="audit__facets-switch"
            icon={<ListFilter aria-hidden="true" />}
            aria-expanded={faceted}
            onClick={() => setFaceted((before) => !before)}
          >
            Values
          </Button>
        </div>
        <Histogram
          bars={bars.data ?? []}
          shown={shown}
          chosen={chosen}
          onChoose={choose}
          filtered={query !== ''}
          stale={bars.isPlaceholderData}
        />
      </div>
      <div className={faceted ? 'audit__body audit__body--faceted' : 'audit__body'} style={style}>
        <Facets choice={facetTime} columns={columns} sources={sources} names={names} onQuery={setQuery} />
        <div className="audit__log">
          <LogList
            log={log}
            columns={columns}
            names={names}
            open={search.event}
            onOpen={setOpen}
            handle={handle}
            actions={{
              onFilter: (field, value, not) => setQuery(toggleValue(query, field, value, not)),
              onColumn: (field) =>
                setColumns((before) =>
                  before.includes(field)
                    ? before.filter((other) => other !== field)
                    : [...before, field].slice(-MOST_COLUMNS),
                ),
              onGoTo: goTo,
              sourceName: (id) => sources.find((source) => source.id === id)?.name ?? id,
            }}
            empty={
              filtered ? (
                <EmptyState
                  sentence="No event fits these words and this time."
                  action={
                    <Button onClick={() => set({ q: undefined, from: undefined, to: undefined })}>
                      Show everything
                    </Button>
                  }
                />
              ) : (
                <EmptyState
                  sentence={
                    sources.length === 0
                      ? 'No log is followed yet, so there is nothing to read.'
                      : 'Nothing was read yet. Lines appear here as they are written.'
                  }
                  action={<Button onClick={() => set({ view: 'sources' })}>Show the sources</Button>}
                />
              )
            }
          />
          <LogFoot
            state={state}
            sources={sources}
            log={log}
            choice={choice}
            onStep={step}
            onGaps={() => set({ view: 'sources' })}
          />
        </div>
        <AlertColumn alerts={alerts} names={names} state={state} />
      </div>
    </>
  );
}

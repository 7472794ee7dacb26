import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ActivitySearch } from '../../app/search.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { count } from '../../components/time-words.ts';
import { useFocusRow } from '../../components/use-focus-row.ts';
import { orpc } from '../../transport/queries.ts';
import { itemsByDay } from './days.ts';
import { EventRow } from './event-row.tsx';
import type { Ledger } from './use-ledger.ts';

const ROW_HEIGHT = 38;
const DAY_HEIGHT = 44;
/** Rows before the end at which more is asked for. */
const AHEAD = 30;
/** Changes that rows are compared with, for their undo. */
const CHANGES = 200;

export interface EventListProps {
  ledger: Ledger;
  empty: { sentence: string; act: string; onAct: () => void };
}

/** The events under their days, of which only those near the window are in the document. Arrows move, Enter unfolds. */
export function EventList({ ledger, empty }: EventListProps) {
  const { event: open } = useSearch({ strict: false }) as ActivitySearch;
  const navigate = useNavigate();
  const now = useNow();
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const items = useMemo(
    () => itemsByDay(ledger.entries, now, unfolded, open),
    [ledger.entries, now, unfolded, open],
  );
  const unfold = useCallback(
    (number: number) =>
      setUnfolded((before) => {
        const after = new Set(before);
        if (!after.delete(number)) after.add(number);
        return after;
      }),
    [],
  );
  const changes = useQuery(orpc.fixes.list.queryOptions({ input: { limit: CHANGES } })).data?.changes;
  const byId = useMemo(() => new Map((changes ?? []).map((change) => [change.id, change])), [changes]);
  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  const [active, setActive] = useState<string | null>(null);
  const focusRow = useFocusRow(list);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands above can have another height with other events
  useLayoutEffect(() => {
    const measure = () => setOffset((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [items.length]);

  const rows = items.map((item, index) => (item.kind === 'event' ? index : -1)).filter((index) => index >= 0);
  const activeIndex = items.findIndex((item) => item.id === active);
  const tabbed = activeIndex >= 0 ? activeIndex : (rows[0] ?? -1);
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => (items[index]?.kind === 'day' ? DAY_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 14,
    scrollMargin: offset,
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), tabbed])]
        .filter((index) => index >= 0)
        .sort((a, b) => a - b),
    scrollPaddingStart: 64,
    scrollPaddingEnd: 24,
  });
  const drawn = virtualizer.getVirtualItems();
  const last = virtualizer.range?.endIndex ?? 0;
  const { more, reading, readOn } = ledger;
  useEffect(() => {
    if (more && !reading && last >= items.length - AHEAD) readOn();
  }, [more, reading, readOn, last, items.length]);

  const setOpen = (number: number | undefined) =>
    void navigate({
      to: '/activity',
      search: (before) => ({ ...before, event: number }),
      replace: true,
      resetScroll: false,
    });
  const move = (place: number) => {
    const index = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    const item = index === undefined ? undefined : items[index];
    if (index === undefined || !item) return;
    focusRow(item.id);
    setActive(item.id);
    virtualizer.scrollToIndex(index, { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const place = rows.indexOf(activeIndex);
    if (event.key === 'Escape' && open !== undefined) {
      event.preventDefault();
      setOpen(undefined);
      move(rows.findIndex((index) => items[index]?.id === `event-${open}`));
      return;
    }
    const onItem = event.target instanceof HTMLElement && event.target.dataset.item !== undefined;
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (!onItem || to === undefined || place < 0) return;
    event.preventDefault();
    move(to);
  };

  if (items.length === 0 && !more && !reading) {
    return (
      <EmptyState sentence={empty.sentence} action={<Button onClick={empty.onAct}>{empty.act}</Button>} />
    );
  }
  return (
    <>
      {ledger.newer > 0 ? (
        <div className="events__newer">
          <Button
            small
            icon={<ArrowUp aria-hidden="true" />}
            onClick={() => {
              window.scrollTo({ top: 0 });
              ledger.renew();
            }}
          >
            {count(ledger.newer, 'newer event')}
          </Button>
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are buttons; this only hears their arrow keys */}
      <div
        ref={list}
        className="events"
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const id = event.target instanceof HTMLElement ? event.target.dataset.item : undefined;
          if (id !== undefined && id !== active) setActive(id);
        }}
      >
        {drawn.map((place) => {
          const item = items[place.index];
          if (!item) return null;
          return (
            <div
              key={item.id}
              ref={virtualizer.measureElement}
              data-index={place.index}
              className="events__item"
              style={{ transform: `translateY(${place.start - offset}px)` }}
            >
              {item.kind === 'day' ? (
                <h2 className="events__day">{item.words}</h2>
              ) : (
                <EventRow
                  entry={item.entry}
                  first={item.first}
                  change={changeOf(item.entry, byId)}
                  repeats={item.repeats?.count ?? 0}
                  unfolded={item.repeats?.unfolded ?? false}
                  onUnfold={unfold}
                  open={item.entry.number === open}
                  focusable={place.index === tabbed}
                  onOpen={setOpen}
                />
              )}
            </div>
          );
        })}
      </div>
      <Foot ledger={ledger} />
    </>
  );
}

/** What stands under the last row: that more is read, that it failed, or that this is the beginning. */
function Foot({ ledger }: { ledger: Ledger }) {
  if (ledger.error && !ledger.reading) {
    return (
      <p className="events__foot" role="alert">
        {errorWords(ledger.error, 'What is further back could not be read.').what}{' '}
        <Button variant="link" onClick={ledger.retry}>
          Try again
        </Button>
      </p>
    );
  }
  if (ledger.more || ledger.reading) {
    return (
      <p className="events__foot" role="status">
        <Spinner />
        {ledger.reached === null
          ? 'Reading the record'
          : `Reading further back, before event ${ledger.reached.toLocaleString('en')}`}
      </p>
    );
  }
  return <p className="events__foot">This is the beginning of the record.</p>;
}

function changeOf<C>(entry: Ledger['entries'][number], byId: ReadonlyMap<string, C>): C | undefined {
  const { record } = entry;
  return record?.kind === 'change-settled' ? byId.get(record.what.change) : undefined;
}

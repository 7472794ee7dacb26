import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import {
  type KeyboardEvent,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Button } from '../../../components/button.tsx';
import { errorWords } from '../../../components/error-state.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { count } from '../../../components/time-words.ts';
import { useFocusRow } from '../../../components/use-focus-row.ts';
import { ColumnHeads } from './column-heads.tsx';
import { type FoldedItem, foldHappenings, placesOf } from './happenings.ts';
import { LogDetails, type RowActions } from './log-details.tsx';
import { LogRow, ROW_HEIGHT } from './log-row.tsx';
import { NotShownRow } from './not-shown-row.tsx';
import { RecordsPart } from './records-part.tsx';
import type { Log } from './use-log.ts';
import './log.css';

/** Rows before an end at which more is asked for. */
const AHEAD = 40;
/** CSS pixels from the foot within which the list counts as being there. */
const AT_FOOT = 6;

export interface LogListHandle {
  /** Put the focus on the row of an event, or where one was last. */
  focus(number?: number): void;
  /** The event that is marked, or the last one that can be seen. */
  place(): number | null;
}

export interface LogListProps {
  log: Log;
  columns: readonly string[];
  names: ReadonlyMap<string, string>;
  /** Number of the unfolded event. */
  open: number | undefined;
  onOpen: (number: number | undefined) => void;
  actions: RowActions;
  /** Each record of a happening is a line of its own. */
  unfolded: boolean;
  handle: React.RefObject<LogListHandle | null>;
  /** What stands there when no event fits. */
  empty: React.ReactNode;
}

/** The lines, oldest above and newest at the foot, of which only those near the window are in the document. */
export function LogList(props: LogListProps) {
  const { log, columns, names, open, onOpen, actions, unfolded, handle, empty } = props;
  const { mode } = log;
  const items = useMemo<readonly FoldedItem[]>(
    () => (unfolded ? log.items : foldHappenings(log.items)),
    [log.items, unfolded],
  );
  const scroll = useRef<HTMLElement>(null);
  const [active, setActive] = useState<number | null>(null);
  const focusRow = useFocusRow(scroll, { preventScroll: true });
  /** Where the list put itself: a place that differs was chosen by a person. */
  const expected = useRef(0);
  const anchor = useRef<{ key: number; below: number } | null>(null);
  const stood = useRef<Log['begun']>(null);
  const measured = useRef(new Set<number>());
  const places = useMemo(() => placesOf(items), [items]);
  const openPlace = open === undefined ? -1 : (places.get(open) ?? -1);
  const openKey = items[openPlace]?.key;
  if (openKey !== undefined) measured.current.add(openKey);
  const activeIndex = active === null ? -1 : (places.get(active) ?? -1);
  const tabbed = activeIndex >= 0 ? activeIndex : items.length - 1;
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
    useFlushSync: false,
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), tabbed])]
        .filter((index) => index >= 0)
        .sort((a, b) => a - b),
  });
  // Where the list stands after a change of its lines is settled here and nowhere else.
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = () => false;
  const total = virtualizer.getTotalSize();

  const remember = (element: HTMLElement) => {
    const top = element.scrollTop;
    const seen = virtualizer.getVirtualItemForOffset(top);
    const item = seen && items[seen.index];
    anchor.current = seen && item ? { key: item.key, below: top - seen.start } : null;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: settles anew when lines or their heights change
  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element) return;
    const { stand } = log.begun;
    const anew = stood.current !== log.begun && items.length > 0;
    if (anew) stood.current = log.begun;
    if (mode === 'following' || (anew && stand === 'end')) element.scrollTop = element.scrollHeight;
    else if (anew && typeof stand === 'number') {
      const start = virtualizer.measurementsCache[places.get(stand) ?? 0]?.start ?? 0;
      element.scrollTop = start - element.clientHeight / 3;
    } else if (anew) element.scrollTop = 0;
    else if (anchor.current) {
      const place = places.get(anchor.current.key);
      const start = place === undefined ? undefined : virtualizer.measurementsCache[place]?.start;
      if (start !== undefined) element.scrollTop = start + anchor.current.below;
    }
    expected.current = element.scrollTop;
    remember(element);
  }, [items, total, mode]);

  const drawn = virtualizer.getVirtualItems();
  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? 0;
  const { older, newer, reading, error, readOlder, readNewer } = log;
  useEffect(() => {
    if (reading || error || items.length === 0) return;
    // While it follows, older lines are read only when somebody scrolls to them.
    if (older !== null && first < AHEAD && mode !== 'following') readOlder();
    else if (newer && mode !== 'following' && last >= items.length - AHEAD) readNewer();
  }, [older, newer, reading, error, first, last, items.length, mode, readOlder, readNewer]);

  const onScroll = () => {
    const element = scroll.current;
    if (!element) return;
    const moved = Math.abs(element.scrollTop - expected.current) > 1;
    expected.current = element.scrollTop;
    remember(element);
    if (!moved) return;
    const below = element.scrollHeight - element.clientHeight - element.scrollTop;
    if (mode === 'following' && below > AT_FOOT) log.pause();
    else if (mode === 'paused' && below <= AT_FOOT && !newer && open === undefined) log.follow();
  };

  const move = (index: number) => {
    const item = items[Math.min(Math.max(index, 0), items.length - 1)];
    if (!item) return;
    log.pause();
    focusRow(String(item.key));
    setActive(item.key);
    virtualizer.scrollToIndex(places.get(item.key) ?? 0, { align: 'auto' });
  };
  useImperativeHandle(handle, () => ({
    focus: (number) => {
      const wanted = number ?? active ?? items.at(-1)?.key;
      if (wanted === undefined) return;
      const place = places.get(wanted);
      const key = items[place ?? -1]?.key ?? wanted;
      focusRow(String(key));
      setActive(key);
      if (place !== undefined)
        virtualizer.scrollToIndex(place, { align: number === undefined ? 'auto' : 'center' });
    },
    place: () => active ?? items[Math.min(last, items.length - 1)]?.key ?? null,
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && open !== undefined) {
      event.preventDefault();
      const place = places.get(open);
      onOpen(undefined);
      if (place !== undefined) move(place);
      return;
    }
    const onRow = event.target instanceof HTMLElement && event.target.dataset.item !== undefined;
    if (!onRow) return;
    if (event.key === 'Home') log.oldest();
    else if (event.key === 'End') log.follow();
    else {
      const to = { ArrowDown: tabbed + 1, j: tabbed + 1, ArrowUp: tabbed - 1, k: tabbed - 1 }[event.key];
      if (to === undefined) return;
      move(to);
    }
    event.preventDefault();
  };

  if (items.length === 0 && log.known && !reading && !error && older === null)
    return <div className="log log--empty">{empty}</div>;
  return (
    <div className="log">
      {columns.length > 0 ? <ColumnHeads columns={columns} onColumn={actions.onColumn} /> : null}
      <section
        ref={scroll}
        className="log__scroll"
        aria-label="Events"
        data-mode={mode}
        tabIndex={items.length === 0 ? 0 : -1}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const key = event.target instanceof HTMLElement ? event.target.dataset.item : undefined;
          if (key !== undefined) setActive(Number(key));
        }}
      >
        <Head log={log} />
        <div className="log__lines" style={{ height: total }}>
          {drawn.map((place) => {
            const item = items[place.index];
            if (!item) return null;
            return (
              <div
                key={item.key}
                ref={measured.current.has(item.key) ? virtualizer.measureElement : null}
                data-index={place.index}
                className="log__item"
                style={{ transform: `translateY(${place.start}px)` }}
              >
                <Line
                  item={item}
                  open={place.index === openPlace ? open : undefined}
                  focusable={place.index === tabbed}
                  columns={columns}
                  names={names}
                  log={log}
                  onOpen={onOpen}
                  actions={actions}
                />
              </div>
            );
          })}
        </div>
      </section>
      <Pill log={log} />
    </div>
  );
}

interface LineProps {
  item: FoldedItem;
  /** Number of the record of it that is unfolded. */
  open: number | undefined;
  focusable: boolean;
  columns: readonly string[];
  names: ReadonlyMap<string, string>;
  log: Log;
  onOpen: (number: number | undefined) => void;
  actions: RowActions;
}

function Line({ item, open, focusable, columns, names, log, onOpen, actions }: LineProps) {
  if (item.kind === 'not-shown') {
    return (
      <NotShownRow
        count={item.count}
        atMost={item.atMost}
        itemKey={item.key}
        focusable={focusable}
        onShow={() => log.fill(item.after)}
      />
    );
  }
  const { records } = item;
  const unfolds = open !== undefined;
  const event = records?.find(({ number }) => number === open) ?? item.event;
  const row = (
    <LogRow
      event={item.event}
      records={records}
      nodeName={names.get(item.event.node) ?? item.event.node}
      columns={columns}
      open={unfolds}
      focusable={focusable}
      onOpen={onOpen}
    />
  );
  // One shape for both, so that the row keeps the focus while it unfolds.
  return (
    <div className={unfolds ? 'log__open' : undefined}>
      {row}
      {unfolds ? (
        <LogDetails event={event} columns={columns} actions={actions}>
          {records ? <RecordsPart head={item.event} records={records} open={open} onOpen={onOpen} /> : null}
        </LogDetails>
      ) : null}
    </div>
  );
}

/** Over the first line: that more is read, that reading failed, or that this is the beginning. */
function Head({ log: { error, reading, older, known, items, retry } }: { log: Log }) {
  if (error) {
    return (
      <p className="log__note" role="alert">
        {errorWords(error, 'The events could not be read.').what}{' '}
        <Button variant="link" onClick={retry}>
          Try again
        </Button>
      </p>
    );
  }
  if (items.length === 0) {
    return (
      <p className="log__note" role="status">
        <Spinner />{' '}
        {!known || older === null
          ? 'Reading the events'
          : `Nothing that fits so far. Looking further back, from event ${older.toLocaleString('en')} on`}
      </p>
    );
  }
  if (older !== null) {
    return (
      <p className="log__note" role="status">
        {reading ? <Spinner /> : null} {reading ? 'Reading further back' : 'More is further back'}
      </p>
    );
  }
  return items.length > 0 ? <p className="log__note">Nothing that fits is further back.</p> : null;
}

/** How much came while the list stood still; a press goes on. */
function Pill({ log: { mode, waiting, follow } }: { log: Log }) {
  if (mode === 'following' || (mode === 'range' && waiting === 0)) return null;
  const came = waiting > 0 ? `${count(waiting, 'new line')}` : 'no new line yet';
  return (
    <div className="log__pill">
      <button type="button" onClick={follow}>
        <ArrowDown aria-hidden="true" />
        {mode === 'range' ? `${came} since` : `Scrolled: ${came}`}
      </button>
    </div>
  );
}

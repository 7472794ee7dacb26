import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { CountGroup } from '#shared/domain/counting.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useFocusRow } from '../../components/use-focus-row.ts';
import { FindingRow } from './finding-row.tsx';
import { GroupHeading } from './group-heading.tsx';
import { showLinked } from './show-linked.ts';
import type { Group, OpenFinding, Row } from './triage.ts';

const ROW_HEIGHT = 41;
const HEADING_HEIGHT = 46;

type Item =
  | { kind: 'heading'; id: string; group: Group; checks: number }
  | { kind: 'row'; id: string; row: Row; group: CountGroup; first: boolean };

export interface FindingListProps {
  groups: readonly Group[];
  /** All groups unsearched, for the number in a heading. */
  total: readonly Group[];
  open: OpenFinding | null;
  onOpen: (finding: OpenFinding | null) => void;
  onToggleGroup: (key: CountGroup) => void;
  /** A group that was just unfolded: its heading takes the focus, and the wish is cleared. */
  wanted: RefObject<CountGroup | null>;
  empty: { sentence: string; act: string; onAct: () => void };
}

/**
 * The rows, of which only those near the window are in the document. Arrow keys move, Enter unfolds, Escape folds, Home
 * and End go to the ends.
 */
export function FindingList({
  groups,
  total,
  open: openFinding,
  onOpen,
  onToggleGroup,
  wanted,
  empty,
}: FindingListProps) {
  const items = useMemo(() => itemsOf(groups, total), [groups, total]);
  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other groups make another sentence above, of another height
  useLayoutEffect(() => {
    // Measured when something can have moved it, not while scrolling: reading a place forces a layout.
    const measure = () => setOffset((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [groups]);
  const open = openIndex(items, openFinding);
  const [active, setActive] = useState<string | null>(null);
  const activeIndex = items.findIndex((item) => item.id === active);
  const tabbed = tabbedRow(items, activeIndex >= 0 ? activeIndex : open);
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => (items[index]?.kind === 'heading' ? HEADING_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 12,
    scrollMargin: offset,
    // The row that Tab reaches is in the document wherever the window is.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), tabbed])]
        .filter((index) => index >= 0)
        .sort((a, b) => a - b),
    scrollPaddingStart: 24,
    scrollPaddingEnd: 72,
  });
  const focusRow = useFocusRow(list);

  const move = (index: number) => {
    const item = items[index];
    if (!item) return;
    focusRow(item.id);
    setActive(item.id);
    virtualizer.scrollToIndex(index, { align: 'auto' });
  };
  const linked = useRef(openFinding);
  const endShowing = useRef<() => void>(undefined);
  useEffect(() => {
    // A finding that was linked to comes into view once, when the list is first there.
    if (linked.current === null || open < 0) return;
    linked.current = null;
    virtualizer.scrollToIndex(open, { align: 'auto' });
    endShowing.current = list.current === null ? undefined : showLinked(list.current);
  }, [open, virtualizer]);
  useEffect(() => () => endShowing.current?.(), []);

  useEffect(() => {
    const index = items.findIndex((item) => item.kind === 'heading' && item.group.key === wanted.current);
    if (index < 0) return;
    wanted.current = null;
    move(index);
  });

  const enter = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Only from the page itself: in a field, a menu or a dialog the arrows have their own meaning.
    const from = document.activeElement;
    if (from !== null && from !== document.body && from.id !== 'page') return;
    if (tabbed < 0) return;
    event.preventDefault();
    move(tabbed);
  });
  useEffect(() => {
    window.addEventListener('keydown', enter);
    return () => window.removeEventListener('keydown', enter);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onItem = event.target instanceof HTMLElement && event.target.dataset.item !== undefined;
    if (event.key === 'Escape' && open >= 0) {
      event.preventDefault();
      onOpen(null);
      move(open);
      return;
    }
    if (!onItem) return;
    const to = { ArrowDown: activeIndex + 1, ArrowUp: activeIndex - 1, Home: 0, End: items.length - 1 }[
      event.key
    ];
    if (to === undefined || activeIndex < 0) return;
    event.preventDefault();
    move(Math.min(Math.max(to, 0), items.length - 1));
  };

  if (items.length === 0) {
    return (
      <EmptyState sentence={empty.sentence} action={<Button onClick={empty.onAct}>{empty.act}</Button>} />
    );
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are buttons; this only hears their arrow keys
    <div
      ref={list}
      className="findings"
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const id = event.target instanceof HTMLElement ? event.target.dataset.item : undefined;
        if (id !== undefined && id !== active) setActive(id);
      }}
    >
      {virtualizer.getVirtualItems().map((place) => {
        const item = items[place.index];
        if (!item) return null;
        return (
          <div
            key={item.id}
            ref={virtualizer.measureElement}
            data-index={place.index}
            className="findings__item"
            style={{ transform: `translateY(${place.start - offset}px)` }}
          >
            {item.kind === 'heading' ? (
              <GroupHeading
                group={item.group}
                checks={item.checks}
                id={item.id}
                onFold={() => onToggleGroup(item.group.key)}
              />
            ) : (
              <FindingRow
                row={item.row}
                first={item.first}
                open={place.index === open}
                id={item.id}
                focusable={place.index === tabbed}
                on={place.index === open ? openFinding?.on : undefined}
                onOpen={onOpen}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

function itemsOf(groups: readonly Group[], total: readonly Group[]): Item[] {
  return groups.flatMap((group): Item[] => [
    {
      kind: 'heading',
      id: `group-${group.key}`,
      group,
      checks: total.find((entry) => entry.key === group.key)?.checks ?? group.checks,
    },
    ...group.rows.map(
      (row, index): Item => ({ kind: 'row', id: row.id, row, group: group.key, first: index === 0 }),
    ),
  ]);
}

/** The one row in the tab order: the active one, else the first below it, else the first of all; -1 without rows. */
function tabbedRow(items: readonly Item[], active: number): number {
  const below = items.findIndex((item, index) => item.kind === 'row' && index >= active);
  return below >= 0 ? below : items.findIndex((item) => item.kind === 'row');
}

/** The row that speaks for the finding, else the first row of its check; -1 when there is none. */
function openIndex(items: readonly Item[], finding: OpenFinding | null): number {
  if (finding === null) return -1;
  const ofCheck = (item: Item) => item.kind === 'row' && item.row.check === finding.check;
  const exact = items.findIndex(
    (item) =>
      item.kind === 'row' && ofCheck(item) && item.row.findings.some(({ node }) => node === finding.on),
  );
  return exact >= 0 ? exact : items.findIndex(ofCheck);
}

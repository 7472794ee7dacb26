import { useQueryClient } from '@tanstack/react-query';
import {
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { LiveDelta } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { client, orpc } from '../../../transport/queries.ts';
import { createAlertKeeper } from '../alerts/keep-alerts.ts';
import { followLive } from './follow-live.ts';
import { foldHappenings } from './happenings.ts';
import { LogBook, type LogView, lastNumber } from './log-book.ts';

const PAGE = 200;
/** Fewer lines than a window shows. */
const FEW = 60;

/** What is listed. Times are ISO 8601; `to` is not included and null while the list goes on into the present. */
export interface LogChoice {
  query: string;
  node: string | null;
  from: string | null;
  to: string | null;
}

/** The list and how to move in it. */
export interface Log extends LogView {
  /** Whether anything was answered yet for what is chosen. */
  known: boolean;
  reading: boolean;
  error: Error | null;
  readOlder(): void;
  readNewer(): void;
  /** Events that were not sent, read from the records. */
  fill(after: number): void;
  pause(): void;
  /** To the newest event, and follow from there. */
  follow(): void;
  oldest(): void;
  /** Read around an event and stand there. */
  goTo(number: number): Promise<void>;
  retry(): void;
}

/**
 * The events that fit, followed or read by pages in both directions. What else the stream tells is kept for its queries.
 * @param stand asked whenever something else is chosen: the event to stand at; null for the newest
 */
export function useLog({ query, node, from, to }: LogChoice, stand: () => number | null): Log {
  const queries = useQueryClient();
  const [book] = useState(() => new LogBook());
  const view = useSyncExternalStore(book.subscribe, book.get);
  const [status, setStatus] = useState({ known: false, reading: false, error: null as Error | null });
  const turn = useRef(0);
  const ranged = to !== null;
  const selection = useMemo(
    () => ({
      query,
      ...(node === null ? {} : { node }),
      ...(from === null ? {} : { from }),
      ...(to === null ? {} : { to }),
    }),
    [query, node, from, to],
  );

  /** One reading at a time; an answer for what is no longer chosen is dropped. */
  const read = useCallback(async (work: () => Promise<() => void>) => {
    turn.current += 1;
    const mine = turn.current;
    setStatus((now) => ({ ...now, reading: true, error: null }));
    try {
      const put = await work();
      if (mine !== turn.current) return;
      put();
      setStatus({ known: true, reading: false, error: null });
    } catch (error) {
      if (mine === turn.current)
        setStatus((now) => ({
          ...now,
          reading: false,
          error: error instanceof Error ? error : new Error(''),
        }));
    }
  }, []);

  const newest = useCallback(
    () =>
      read(async () => {
        const page = await client.audit.events({ ...selection, limit: PAGE });
        return () => {
          const last = page.events[0]?.number ?? 0;
          const came = book.get().items.flatMap((item) => (item.kind === 'event' ? item.event : []));
          book.begin([...page.events].reverse(), ranged ? 'range' : 'following', { older: page.next });
          // What the stream told meanwhile.
          if (!ranged) book.arrive(came.filter(({ number }) => number > last));
        };
      }),
    [read, book, selection, ranged],
  );

  const goTo = useCallback(
    (number: number) =>
      read(async () => {
        const [before, after] = await Promise.all([
          client.audit.events({ ...selection, before: number + 1, limit: PAGE / 2 }),
          client.audit.events({ ...selection, after: number, limit: PAGE / 2 }),
        ]);
        const events: AuditEvent[] = [...before.events.reverse(), ...after.events];
        return () =>
          book.begin(
            events,
            ranged ? 'range' : 'paused',
            { older: before.next, newer: after.next !== null },
            number,
          );
      }),
    [read, book, selection, ranged],
  );
  const pause = useCallback(() => book.pause(), [book]);
  const begin = useEffectEvent(() => {
    setStatus({ known: false, reading: true, error: null });
    book.begin([], ranged ? 'range' : 'following', { older: null });
    const number = stand();
    void (number === null ? newest() : goTo(number));
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew with each selection
  useEffect(() => {
    const end = new AbortController();
    begin();
    void followLive(
      query,
      node,
      {
        snapshot: ({ state, events }) => {
          queries.setQueryData(orpc.audit.state.queryKey(), state);
          // The stream knows no time: what lies before the chosen one is left out.
          const since = from === null ? events : events.filter(({ at }) => at >= from);
          book.snapshot(since, query === '' && node === null);
        },
        delta: (delta) => {
          if (delta.kind === 'events') book.arrive(delta.events);
          else if (delta.kind === 'not-shown') book.notSent(delta.count);
          else keep(delta);
        },
        skipped: () => book.skipped(),
      },
      end.signal,
    );
    const keep = (delta: Exclude<LiveDelta, { kind: 'events' | 'not-shown' }>) => {
      if (delta.kind === 'state') queries.setQueryData(orpc.audit.state.queryKey(), delta.state);
      else if (delta.kind === 'alert') keepAlert(delta.alert);
      else void queries.invalidateQueries({ queryKey: orpc.audit.sources.key() });
    };
    const keeper = createAlertKeeper(queries, orpc.audit.alerts.key());
    const keepAlert = (alert: Alert) => {
      // The stream tells of alerts of all nodes; what is listed is of the one that was chosen.
      if (node === null || alert.node === node) keeper.keep(alert);
    };
    return () => {
      end.abort();
      keeper.end();
    };
  }, [selection, book, queries]);

  const { older } = view;
  const readOlder = () => {
    if (status.reading || older === null) return;
    void read(async () => {
      const page = await client.audit.events({ ...selection, before: older, limit: PAGE });
      return () => book.prepend(page);
    });
  };
  // One answer looks for a part of a second only: it is asked on until there is something to see, or nothing more to look at.
  const few = foldHappenings(view.items).length < FEW;
  const readOn = useEffectEvent(readOlder);
  useEffect(() => {
    if (few && older !== null && status.known && !status.reading && !status.error) readOn();
  }, [few, older, status]);

  return {
    ...view,
    ...status,
    readOlder,
    readNewer: () => {
      if (status.reading || !view.newer) return;
      void read(async () => {
        const page = await client.audit.events({ ...selection, after: lastNumber(view.items), limit: PAGE });
        return () => book.append(page);
      });
    },
    fill: (after) =>
      void read(async () => {
        const page = await client.audit.events({ ...selection, after, limit: 500 });
        return () => {
          book.pause();
          book.fill(after, page);
        };
      }),
    pause,
    follow: () => {
      if (!book.resume()) void newest();
    },
    oldest: () =>
      void read(async () => {
        const page = await client.audit.events({ ...selection, after: 0, limit: PAGE });
        return () =>
          book.begin(
            page.events,
            ranged ? 'range' : 'paused',
            { older: null, newer: page.next !== null },
            'start',
          );
      }),
    goTo,
    retry: () => void newest(),
  };
}

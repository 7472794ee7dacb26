import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ActivityEntry } from '#shared/contract/activity.ts';
import { LEDGER_SUBJECTS } from '#shared/domain/ledger-words.ts';
import { orpc } from '../../transport/queries.ts';

const PAGE = 200;

export interface LedgerFilter {
  search: string;
  /** A key of LEDGER_SUBJECTS; null for everything. */
  about: string | null;
  node: string | null;
}

export interface Ledger {
  entries: readonly ActivityEntry[];
  /** Whether anything was answered yet. */
  known: boolean;
  error: Error | null;
  retry: () => void;
  /** There is more further back. */
  more: boolean;
  /** More is asked for now. */
  reading: boolean;
  readOn: () => void;
  /** How far back was looked, as the number of an event; null at the beginning. */
  reached: number | null;
  /** Events that came after the list was read. */
  newer: number;
  /** Read the list anew, from its newest event. */
  renew: () => void;
}

/** The events that fit a filter, newest first, read page by page as far as somebody scrolls. */
export function useLedger({ search, about, node }: LedgerFilter): Ledger {
  const queries = useQueryClient();
  const subject = about === null ? undefined : LEDGER_SUBJECTS[about];
  const options = orpc.activity.list.infiniteOptions({
    input: (before: number | undefined) => ({
      search,
      limit: PAGE,
      ...(subject ? { kinds: [...subject.kinds] } : {}),
      ...(node === null ? {} : { node }),
      ...(before === undefined ? {} : { before }),
    }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const list = useInfiniteQuery(options);
  const state = useQuery(orpc.activity.state.queryOptions());
  const pages = list.data?.pages;
  const entries = useMemo(() => (pages ?? []).flatMap((page) => page.entries), [pages]);
  const read = pages?.[0]?.size ?? 0;
  return {
    entries,
    known: pages !== undefined,
    error: list.error,
    retry: () => void list.refetch(),
    more: list.hasNextPage,
    reading: list.isFetching,
    readOn: () => {
      if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
    },
    reached: pages?.at(-1)?.next ?? null,
    newer: state.data && pages ? Math.max(0, state.data.size - read) : 0,
    renew: () => void queries.resetQueries({ queryKey: options.queryKey }),
  };
}

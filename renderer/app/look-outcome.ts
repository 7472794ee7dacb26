import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { LookState } from '#shared/contract/looks.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { isRunning } from '../components/look-progress.tsx';
import { useToast } from '../components/toast.tsx';
import { orpc } from '../transport/queries.ts';
import { useLooks } from '../transport/use-live.ts';
import { outcomeInWords } from './look-outcome-words.ts';

/**
 * Says in a toast how the looks ended that a person asked for here; looks by the clock end without a word.
 * @returns takes what the console answered to the order
 */
export function useSayOutcome(): (ordered: { looks: readonly LookState[] }) => void {
  const [asked, setAsked] = useState<readonly string[]>([]);
  const looks = useLooks();
  const toast = useToast();
  const queries = useQueryClient();
  useEffect(() => {
    const own = looks.filter(({ look }) => asked.includes(look));
    if (asked.length === 0 || own.length < asked.length || own.some(isRunning)) return;
    setAsked([]);
    const nodes = queries.getQueryData<SwarmNode[]>(orpc.nodes.list.queryKey()) ?? [];
    const recorded = new Set(
      nodes.filter(({ address }) => address.kind === 'recorded').map((node) => node.id),
    );
    const problem = own.some(({ state }) => state === 'failed');
    toast({ text: outcomeInWords(own, recorded), problem });
  }, [asked, looks, queries, toast]);
  return useCallback(({ looks: ordered }) => setAsked(ordered.map(({ look }) => look)), []);
}

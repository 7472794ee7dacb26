import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { LookState } from '#shared/contract/looks.ts';
import { type ReadStreamOptions, readStream } from '#shared/contract/read-stream.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import { client, orpc, transport } from './queries.ts';
import type { ConnectionState } from './transport.ts';

const LOOKS_KEY = ['live', 'looks'] as const;
const APPLIED_KEY = ['live', 'applied'] as const;
const ROTATIONS_KEY = ['live', 'rotations'] as const;
const NOTICE_KEY = ['live', 'notice'] as const;

interface ChangeDelta {
  at: string;
  what: keyof typeof OUTDATES;
  node: string | null;
  sentence: string | null;
}

/** What a change makes old, by the console's own word for it. */
const OUTDATES = {
  nodes: [orpc.nodes.key(), orpc.findings.key(), orpc.fixes.available.key()],
  // A look sees packages too: what is installed, and what is known against it.
  findings: [
    orpc.findings.key(),
    orpc.nodes.key(),
    orpc.decisions.key(),
    orpc.fixes.plan.key(),
    orpc.dependencies.key(),
  ],
  decisions: [orpc.decisions.key(), orpc.findings.key()],
  settings: [orpc.settings.key(), orpc.findings.overview.key()],
  setup: [orpc.setup.key()],
  // The list itself stays as it was read; it says how many events are newer.
  activity: [orpc.activity.state.key()],
  // What comes in is streamed to the page itself; here it is what the rail counts.
  audit: [orpc.audit.state.key(), orpc.audit.alerts.key()],
  dependencies: [orpc.dependencies.key(), orpc.findings.key()],
  secrets: [orpc.sealed.key()],
  pause: [orpc.pause.key()],
  // What is asked of nodes (credentials, the timeline) is asked again only when somebody wants it.
  incidents: [
    orpc.incidents.list.key(),
    orpc.incidents.entries.key(),
    orpc.incidents.result.key(),
    orpc.incidents.evidence.key(),
  ],
  questions: [orpc.questions.key()],
  notice: [],
} as const;

/** The last sentence that the console would have put into a notification. */
export interface Notice {
  at: string;
  sentence: string;
}

/**
 * Follow the console for as long as the caller is mounted: what changed is asked for anew, and looks under way are
 * kept for {@link useLooks}. To be mounted once, by the app.
 */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const end = new AbortController();
    void followChanges(queries, end.signal);
    void followLooks(queries, end.signal);
    void followApplied(queries, end.signal);
    const unsubscribe = refreshWhenBack(queries);
    return () => {
      unsubscribe();
      end.abort();
    };
  }, [queries]);
}

/** Looks that run or ended in the last minute, newest state of each. */
export function useLooks(): readonly LookState[] {
  const { data } = useQuery<LookState[]>({
    queryKey: LOOKS_KEY,
    queryFn: () => [],
    initialData: [],
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** Changes of nodes that run, wait to be kept, or ended since the page was opened; newest state of each. */
export function useApplied(): readonly AppliedChange[] {
  const { data } = useQuery<AppliedChange[]>({
    queryKey: APPLIED_KEY,
    queryFn: () => [],
    initialData: [],
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/**
 * Rotations of the secret that run or ended since the page was opened; newest state of each. Followed only while a page shows them: a
 * browser opens six connections to a console at most, and each stream keeps one.
 */
export function useRotations(): readonly RotationRun[] {
  const queries = useQueryClient();
  useEffect(() => {
    const end = new AbortController();
    void followRotations(queries, end.signal);
    return () => end.abort();
  }, [queries]);
  const { data } = useQuery<RotationRun[]>({
    queryKey: ROTATIONS_KEY,
    queryFn: () => [],
    initialData: [],
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** The last notification sentence since the page was opened, or null. */
export function useNotice(): Notice | null {
  const { data } = useQuery<Notice | null>({
    queryKey: NOTICE_KEY,
    queryFn: () => null,
    initialData: null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** How this page stands with its console. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(transport.connection.subscribe, transport.connection.get);
}

/** Ask anew for everything once a lost console answers again: readings may have failed in between. */
function refreshWhenBack(queries: QueryClient): () => void {
  let lost = false;
  return transport.connection.subscribe(() => {
    const { kind } = transport.connection.get();
    if (kind === 'open' && lost) void queries.invalidateQueries({ predicate: isReading });
    lost = kind === 'lost';
  });
}

/** Whether an entry of the cache comes from a procedure, not from a stream. */
function isReading({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== 'live';
}

type Open<S, D> = ReadStreamOptions<S, D>['open'];

/** Read a stream until the signal aborts; ends quietly when there is no session, which the page shows by itself. */
async function follow<S, D>(
  open: Open<S, D>,
  signal: AbortSignal,
  reader: { snapshot(value: S): void; delta(value: D): void },
): Promise<void> {
  const acknowledge = (input: { stream: string; number: number }) => client.streams.acknowledge(input);
  try {
    for await (const message of readStream<S, D>({ open, acknowledge, signal })) {
      if (message.kind === 'snapshot') reader.snapshot(message.value);
      // What was skipped is made good by the snapshot that follows it.
      else if (message.kind === 'delta') reader.delta(message.value);
    }
  } catch {
    // The reader gives up only when asking again cannot help: the connection says why.
  }
}

async function followChanges(queries: QueryClient, signal: AbortSignal): Promise<void> {
  await follow<{ at: string }, ChangeDelta>(
    (input, options) => client.changes.watch(input, options),
    signal,
    {
      // What was read before we listened, or while the stream was broken, may have missed a change.
      snapshot: () => void queries.invalidateQueries({ predicate: isReading }),
      delta: (change) => {
        if (change.what === 'notice' && change.sentence !== null) {
          queries.setQueryData<Notice>(NOTICE_KEY, { at: change.at, sentence: change.sentence });
        }
        for (const queryKey of OUTDATES[change.what]) void queries.invalidateQueries({ queryKey });
      },
    },
  );
}

async function followLooks(queries: QueryClient, signal: AbortSignal): Promise<void> {
  await follow<LookState[], LookState>((input, options) => client.looks.progress(input, options), signal, {
    snapshot: (looks) => queries.setQueryData<LookState[]>(LOOKS_KEY, looks),
    delta: (look) =>
      queries.setQueryData<LookState[]>(LOOKS_KEY, (looks) => [
        ...(looks ?? []).filter((other) => other.look !== look.look),
        look,
      ]),
  });
}

/** Changes of nodes. What a page knows of one change is renewed from here; plans and lists are asked for anew when it ends. */
async function followApplied(queries: QueryClient, signal: AbortSignal): Promise<void> {
  const know = (change: AppliedChange) =>
    queries.setQueryData(orpc.fixes.get.queryKey({ input: { change: change.id } }), change);
  await follow<AppliedChange[], AppliedChange>(
    (input, options) => client.fixes.progress(input, options),
    signal,
    {
      snapshot: (changes) => {
        queries.setQueryData<AppliedChange[]>(APPLIED_KEY, changes);
        changes.forEach(know);
      },
      delta: (change) => {
        queries.setQueryData<AppliedChange[]>(APPLIED_KEY, (changes) => [
          ...(changes ?? []).filter((other) => other.id !== change.id),
          change,
        ]);
        know(change);
        if (change.endedAt === null) return;
        for (const queryKey of [
          orpc.fixes.list.key(),
          orpc.fixes.available.key(),
          orpc.activity.state.key(),
        ]) {
          void queries.invalidateQueries({ queryKey });
        }
      },
    },
  );
}

/** Rotations of the swarm's secret. What nodes have is asked for anew when one ends. */
async function followRotations(queries: QueryClient, signal: AbortSignal): Promise<void> {
  await follow<RotationRun[], RotationRun>(
    (input, options) => client.rotation.progress(input, options),
    signal,
    {
      snapshot: (runs) => queries.setQueryData<RotationRun[]>(ROTATIONS_KEY, runs),
      delta: (run) => {
        queries.setQueryData<RotationRun[]>(ROTATIONS_KEY, (runs) => [
          ...(runs ?? []).filter((other) => other.id !== run.id),
          run,
        ]);
        if (run.endedAt !== null) void queries.invalidateQueries({ queryKey: orpc.rotation.key() });
      },
    },
  );
}

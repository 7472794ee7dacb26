import { existsSync } from 'node:fs';
import type { WatchedNode } from '#core/audit/watched-node.ts';
import { readCheckpoint } from '#core/ledger/checkpoint.ts';
import { toBase64 } from '#core/ledger/hash.ts';
import type { EventDraft } from '#core/ledger/ledger.ts';
import { auditFile } from '#core/store/audit/open-audit-database.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { AuditState, LiveDelta } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import type { Settings } from '#shared/domain/settings.ts';
import { type AuditThreads, startAuditThreads } from './audit-threads.ts';
import { announce, type Context } from './context.ts';
import { createEmitter, type Emitter } from './emitter.ts';

/** Milliseconds between roots of the events that are recorded in the ledger. */
const TELL_MS = 300_000;
/** Nodes and profiles change together with looks: they are taken up once. */
const SETTLE_MS = 1_000;

/** What the threads said last, and what they say from now on. */
export interface AuditWatch {
  threads(): Promise<AuditThreads>;
  /** Events are kept here, as far as can be told without opening them. */
  hasEvents(): boolean;
  state(): AuditState;
  /** @returns the same, as the thread says when it is asked; what it said last while it does not answer */
  stateNow(): Promise<AuditState>;
  sources(): AuditSource[];
  /** Why nobody watches; null when all is well. */
  trouble(): StoreError | null;
  readonly live: Emitter<{ live: number; deltas: LiveDelta[] }>;
  readonly alerts: Emitter<{ alert: Alert; woke: boolean }[]>;
  readonly states: Emitter<{ state: AuditState; sources: AuditSource[] }>;
  /** Tells the threads which nodes there are, when somebody watches. */
  align(): Promise<void>;
  close(): Promise<void>;
}

const NOBODY: AuditState = {
  watching: false,
  since: null,
  trouble: '',
  events: 0,
  eventsPerSecond: 0,
  verified: null,
  newAlerts: 0,
  rules: 0,
  idleRules: 0,
};

/**
 * Keeps the threads of the audit: started when they are needed first, at once when this console watches.
 * @param watching this console follows logs; else it only answers questions. A promise: it does when that settles, and until then it waits
 *   with starting the threads
 * @param nodesToWatch what is there to be followed at present
 */
export function createAuditWatch(
  context: Context,
  watching: boolean | Promise<void>,
  nodesToWatch: () => Promise<WatchedNode[]>,
): AuditWatch {
  const { clock, ledger, store, dataFolder } = context;
  const [live, alerts, states] = [
    createEmitter<{ live: number; deltas: LiveDelta[] }>(),
    createEmitter<{ alert: Alert; woke: boolean }[]>(),
    createEmitter<{ state: AuditState; sources: AuditSource[] }>(),
  ];
  let starting: Promise<AuditThreads> | null = null;
  let failure: StoreError | null = null;
  let state = NOBODY;
  let sources: AuditSource[] = [];
  let told = { size: -1, removed: 0 };
  let callOff = (): void => undefined;
  let settle = (): void => undefined;
  let closed = false;
  let zones = '';
  /** Events that were there when the threads were started. */
  let begunWith = 0;
  const begins = Promise.resolve(watching);

  async function start(): Promise<AuditThreads> {
    const keep = keepOf(await store.settings());
    try {
      const threads = await startAuditThreads(dataFolder, keep, (said) => {
        if ('live' in said) live.emit(said);
        else if ('alerts' in said) alerts.emit(said.alerts);
        else {
          ({ state, sources } = said);
          states.emit(said);
        }
      });
      failure = null;
      [state, sources] = await Promise.all([threads.writer.state(), threads.writer.sources()]);
      begunWith = state.events;
      return threads;
    } catch (error) {
      failure = error instanceof StoreError ? error : null;
      starting = null;
      throw error;
    }
  }

  function threads(): Promise<AuditThreads> {
    starting ??= start();
    return starting;
  }

  async function align(): Promise<void> {
    if (watching === false) return;
    await begins;
    if (closed) return;
    const running = await threads();
    const [settings, nodes] = [await store.settings(), await nodesToWatch()];
    await running.writer.keep(keepOf(settings));
    zones = zonesOf(nodes);
    await running.writer.watch({ nodes });
    announce(context, 'audit');
  }

  /** The newest root of the events becomes part of the ledger: who keeps a checkpoint of that vouches for the events too. */
  async function tell(): Promise<void> {
    const { head, removed } = await (await threads()).writer.takeHead();
    const events: EventDraft[] = [];
    const last = Math.max(told.removed, ...removed.map((range) => range.last));
    if (last > told.removed)
      events.push({ kind: 'events-removed', where: null, scheduled: true, what: { upTo: last } });
    const read = head === null ? null : readCheckpoint(head.note);
    if (read !== null && read.size !== told.size) {
      const what = { size: read.size, root: toBase64(read.root) };
      events.push({ kind: 'events-checkpoint', where: null, scheduled: true, what });
    }
    await ledger.append(events, 'go-on');
    told = { size: read?.size ?? told.size, removed: last };
  }

  function arm(): void {
    callOff = clock.after(TELL_MS, () => {
      void tell()
        .then(alignZones)
        .catch(() => undefined)
        .finally(() => {
          if (!closed) arm();
        });
    });
  }

  /** In the night in which clocks are changed, times without a zone mean something else from one line to the next. */
  async function alignZones(): Promise<void> {
    if (watching === false || closed) return;
    const nodes = await nodesToWatch();
    if (zonesOf(nodes) !== zones) await align();
  }

  function alignSoon(): void {
    settle();
    settle = clock.after(SETTLE_MS, () => void align().catch(() => undefined));
  }

  function lastState(): AuditState {
    return failure === null ? state : { ...state, watching: false, since: null, trouble: wordsOf(failure) };
  }

  async function stateNow(): Promise<AuditState> {
    // It is about to begin: to say "nobody watches" for a moment would be wrong a moment later.
    if (starting === null && !closed) await begins;
    const running = starting === null ? null : await starting.catch(() => null);
    if (running === null || closed) return lastState();
    state = await running.writer.state().catch(() => state);
    return lastState();
  }

  let unsubscribe = (): void => undefined;
  if (watching !== false) {
    // The key that signs events is made with the first event of the ledger: without it no checkpoint would cover them.
    void ledger
      .append([{ kind: 'watching-began', where: null, scheduled: true, what: {} }], 'go-on')
      .then(() => begins)
      .then(align)
      .then(tell)
      .catch(() => undefined);
    arm();
    unsubscribe = context.changes.onDelta(({ what }) => {
      if (what === 'nodes' || what === 'findings' || what === 'settings') alignSoon();
    });
  }

  return {
    threads,
    hasEvents: () => starting !== null || existsSync(auditFile(dataFolder)),
    live,
    alerts,
    states,
    state: lastState,
    stateNow,
    sources: () => sources,
    trouble: () => failure,
    align,
    async close() {
      closed = true;
      unsubscribe();
      callOff();
      settle();
      if (starting === null) return;
      const running = await starting.catch(() => null);
      if (running === null) return;
      // A command that only read leaves no word; one that took something in does.
      const { events } = await running.writer.state().catch(() => state);
      if (watching !== false || events > begunWith) await tell().catch(() => undefined);
      await running.close();
    },
  };
}

const zonesOf = (nodes: readonly WatchedNode[]): string =>
  nodes.map(({ id, utcOffsetMinutes }) => `${id} ${utcOffsetMinutes}`).join('\n');

function keepOf({ audit }: Settings) {
  const { fullText, keepDays, keepMegabytes, learnDays } = audit;
  return { fullText, days: keepDays, megabytes: keepMegabytes, learnDays };
}

const wordsOf = (error: StoreError): string =>
  `${error.message} ${error.untouched} ${error.next}`.slice(0, 1_024);

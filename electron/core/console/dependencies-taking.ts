import { AdvisoryDataError } from '#core/dependencies/advisories/data-error.ts';
import { advisoryDataState } from '#core/dependencies/advisories/data-state.ts';
import { withStoredAdvisories } from '#core/dependencies/advisories/stored-source.ts';
import type { TakeJob } from '#core/dependencies/advisories/take-protocol.ts';
import { takeInThread } from '#core/dependencies/advisories/take-thread.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { AdvisoryDataState, AdvisoryFetching } from '#shared/domain/dependencies/advisory.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { announce, type Context } from './context.ts';
import type { Recheck } from './recheck.ts';
import { ConsoleError } from './service.ts';

/** Time between two fetches that nobody asked for one by one, in milliseconds. */
const DAY_MS = 86_400_000;
const UNTOUCHED = 'The advisories in use are as they were before.';

/** Taking advisories in, from a file or from where they are published; one at a time, in a thread of its own. */
export interface Taking {
  /** @throws ConsoleError NOT_ALLOWED with what went wrong and what helps */
  import(path: string): Promise<AdvisoryDataState>;
  /** @throws ConsoleError as for an import */
  update(): Promise<AdvisoryDataState>;
  /** Those in use were taken by a command, beside this console. @returns what is in use @throws ConsoleError NOT_ALLOWED once it is closed */
  takenBeside(): Promise<AdvisoryDataState>;
  /** What goes on, in words; empty when nothing does. */
  words(): string;
  /** @returns whether anything was called off */
  cancel(): boolean;
  /** What is fetched by itself, and how that went the last time. */
  fetching(): Promise<AdvisoryFetching>;
  /**
   * Puts on record what a command took and could not tell, killed before it did; then fetches when the operator turned it on and a day
   * is over since the last time. Ends before the fetching does.
   */
  fetchWhenDue(): Promise<void>;
  /** Calls off what goes on, and waits for its end; what is in use by then is on record. */
  close(): Promise<void>;
}

/** @returns the one place of this console that takes advisories */
export function createTaking(context: Context, recheck: Recheck): Taking {
  const { store, clock, ledger, dataFolder: folder } = context;
  let work: { words: string; stop: AbortController; ended: Promise<unknown> } | null = null;
  /** The last time that something was fetched by itself since this console was started. */
  let last: { at: string; trouble: string } | null = null;
  let closed = false;
  /** What is told, one after the other. */
  let telling: Promise<unknown> = Promise.resolve();

  async function run(job: TakeJob, words: string): Promise<AdvisoryDataState> {
    if (work !== null || closed) {
      throw new ConsoleError('NOT_ALLOWED', 'Advisories are being taken already.', {
        untouched: UNTOUCHED,
        next: 'Wait until that is done, or cancel it.',
      });
    }
    const stop = new AbortController();
    const mine = { words, stop, ended: Promise.resolve() as Promise<unknown> };
    const taking = takeInThread(job, {
      signal: stop.signal,
      onProgress: (said) => {
        mine.words = shortened(visible(said), 256);
      },
    });
    const told = taking.then(async ({ facts }) => {
      const state = advisoryDataState(facts, clock.now());
      await tell(state);
      return state;
    });
    mine.ended = told.catch(() => undefined);
    work = mine;
    try {
      return await told;
    } catch (error) {
      if (error instanceof AdvisoryDataError || error instanceof StoreError) {
        const message = shortened(visible(error.message), 500);
        throw new ConsoleError('NOT_ALLOWED', message, { untouched: UNTOUCHED, next: error.next });
      }
      throw error;
    } finally {
      work = null;
    }
  }

  /** Other advisories are in use: that is on record, and what was judged by the former ones is judged anew. Once for each set. */
  function tell(state: AdvisoryDataState): Promise<void> {
    const mine = telling.then(() => tellNow(state));
    telling = mine.catch(() => undefined);
    return mine;
  }

  async function tellNow({ advisories, newest, origin, importedAt }: AdvisoryDataState): Promise<void> {
    if (importedAt === null) return;
    const set = JSON.stringify([importedAt, advisories, newest]);
    if ((await store.advisoriesTold()) === set) return;
    const what = { advisories, newest, origin: shortened(visible(origin), 512) };
    await ledger.recorded(
      'setAdvisoriesTold',
      { set },
      [{ kind: 'advisories-taken', where: null, what }],
      'go-on',
    );
    await recheck.all();
    announce(context, 'dependencies');
  }

  async function tellInUse(): Promise<AdvisoryDataState> {
    const state = await withStoredAdvisories(folder, clock.now(), (stored) => stored.state);
    await tell(state);
    return state;
  }

  async function update(): Promise<AdvisoryDataState> {
    const { address } = (await store.settings()).advisories;
    return run(
      { kind: 'update', folder, base: address, now: clock.now().getTime() },
      'Asking what has changed',
    );
  }

  return {
    update,
    import: (path) => run({ kind: 'import', folder, path, now: clock.now().getTime() }, 'Reading advisories'),
    async takenBeside() {
      if (!closed) return tellInUse();
      throw new ConsoleError('NOT_ALLOWED', 'The console is being closed.', {
        untouched: UNTOUCHED,
        next: 'It is put on record when the console is opened again.',
      });
    },
    words: () => work?.words ?? '',
    cancel() {
      work?.stop.abort();
      return work !== null;
    },
    async fetching() {
      const { address, fetchDaily } = (await store.settings()).advisories;
      return { address, daily: fetchDaily, lastAt: last?.at ?? null, lastTrouble: last?.trouble ?? '' };
    },
    async fetchWhenDue() {
      if (closed) return;
      await tellInUse();
      const now = clock.now();
      const { fetchDaily } = (await store.settings()).advisories;
      // A clock that was set back must not keep it waiting for years.
      const since = last === null ? DAY_MS : Math.abs(now.getTime() - Date.parse(last.at));
      if (!fetchDaily || work !== null || closed || since < DAY_MS) return;
      const mine = { at: now.toISOString(), trouble: '' };
      last = mine;
      // Looks by the clock do not wait for a slow network.
      void update().catch((error: unknown) => {
        mine.trouble = error instanceof ConsoleError ? error.message : 'It could not be done.';
        announce(context, 'dependencies');
      });
    },
    async close() {
      closed = true;
      work?.stop.abort();
      await work?.ended;
      await telling;
    },
  };
}

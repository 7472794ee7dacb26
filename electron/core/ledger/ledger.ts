import type { Store, StoreOperationName } from '#core/store/store.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { ActivityState } from '#shared/contract/activity.ts';
import type { LedgerEvent, LedgerWho } from '#shared/domain/ledger.ts';
import { eventLines } from './event-text.ts';

/** What others hand in; when and who is added here. */
export type EventDraft = LedgerEvent extends infer Event
  ? Event extends LedgerEvent
    ? Omit<Event, 'at' | 'who' | 'salt'> & { scheduled?: boolean; salt?: string }
    : never
  : never;

/**
 * What to do when nothing can be recorded. `refuse`: it is not done. `go-on`: it is done, and that it is in no event is
 * shown and made up for as soon as something can be recorded again.
 */
export type IfUnrecorded = 'refuse' | 'go-on';

/** How everybody in the core leaves events. Each call is one durable transaction with a signed checkpoint over it. */
export interface Ledger {
  /**
   * Records what is about to be done, or was done. When this resolves the events are on the disk.
   * @throws what the store says, when they could not be recorded and `ifNot` is `refuse`: then do not go on
   */
  append(events: readonly EventDraft[], ifNot?: IfUnrecorded): Promise<void>;
  /**
   * Runs an operation of the store and records the events in the same transaction: both or neither. When the operation
   * says by null or false that it did nothing, nothing is recorded.
   * @returns what the operation gives
   */
  recorded<Name extends StoreOperationName>(
    operation: Name,
    input: Parameters<Store[Name]>[0],
    events: readonly EventDraft[],
    ifNot?: IfUnrecorded,
  ): Promise<Awaited<ReturnType<Store[Name]>>>;
  /** Goes on with a new key because the former one is gone. */
  replaceKey(reason: string): Promise<void>;
  /** Settles when everything that was begun is on the disk or was given up. */
  idle(): Promise<void>;
  /** Why nothing could be recorded, or what was missed; null when all is well. */
  trouble(): ActivityState['trouble'];
}

/**
 * @param input.who who does things in this console; who asks for a single thing is said by `scheduled`
 * @param input.changed told after something was recorded, or could not be
 */
export function createLedger(input: {
  store: Store;
  who: Omit<LedgerWho, 'scheduled'>;
  now: () => Date;
  changed?: () => void;
}): Ledger {
  const { store, now } = input;
  // Two objects for ever: they are checked and written once.
  const whoOf = { asked: { ...input.who, scheduled: false }, due: { ...input.who, scheduled: true } };
  const changed = input.changed ?? (() => undefined);
  let begun: Promise<void> | null = null;
  let trouble: ActivityState['trouble'] = null;
  const pending = new Set<Promise<unknown>>();

  function kept<T>(work: Promise<T>): Promise<T> {
    pending.add(work);
    const done = (): void => void pending.delete(work);
    work.then(done, done);
    return work;
  }

  function linesOf(drafts: readonly EventDraft[]): string {
    const at = now().toISOString();
    return eventLines(
      drafts.map(
        ({ kind, where, what, salt, scheduled = false }) =>
          ({ kind, at, who: scheduled ? whoOf.due : whoOf.asked, where, what, salt }) as LedgerEvent,
      ),
    );
  }

  /** What was missed is told by the first events after it, and once. */
  function takeGap(): EventDraft[] {
    if (trouble === null || trouble.missed === 0) return [];
    const { missed: count, since, message } = trouble;
    trouble = { ...trouble, missed: 0 };
    return [{ kind: 'events-missed', where: null, what: { count, since, reason: message } }];
  }

  async function begin(): Promise<void> {
    begun ??= store.beginLedger({ at: now().toISOString(), who: whoOf.due });
    await begun.catch((error: unknown) => {
      begun = null;
      throw error;
    });
  }

  function failed(error: unknown, missed: number): void {
    const { message, next } = wordsOf(error);
    const since = trouble?.since ?? now().toISOString();
    trouble = { message, next, since, missed: (trouble?.missed ?? 0) + missed };
    changed();
  }

  async function attempt<T>(
    events: readonly EventDraft[],
    ifNot: IfUnrecorded,
    write: (lines: string) => Promise<T>,
    without: () => Promise<T>,
  ): Promise<T> {
    const gap = takeGap();
    const untold = gap[0]?.kind === 'events-missed' ? gap[0].what.count : 0;
    try {
      await begin();
      const result = await write(linesOf([...gap, ...events]));
      trouble = null;
      changed();
      return result;
    } catch (error) {
      const goOn = ifNot === 'go-on' && isUnrecorded(error);
      if (isUnrecorded(error)) failed(error, untold + (goOn ? events.length : 0));
      else if (trouble !== null) trouble = { ...trouble, missed: trouble.missed + untold };
      if (!goOn) throw error;
      return without();
    }
  }

  return {
    append(events, ifNot = 'refuse') {
      if (events.length === 0) return Promise.resolve();
      const nothing = async (): Promise<void> => undefined;
      const write = async (lines: string): Promise<void> => void (await store.appendEvents({ lines }));
      return kept(attempt(events, ifNot, write, nothing));
    },
    recorded(operation, given, events, ifNot = 'refuse') {
      type Result = Awaited<ReturnType<Store[typeof operation]>>;
      const plain = () => (store[operation] as (input: unknown) => Promise<Result>)(given);
      if (events.length === 0) return plain();
      const write = (lines: string) => store.recorded({ operation, input: given, lines }) as Promise<Result>;
      return kept(attempt(events, ifNot, write, plain));
    },
    async replaceKey(reason) {
      const at = now().toISOString();
      await store.replaceLedgerKey({ at, who: whoOf.asked, reason });
      changed();
    },
    async idle() {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
    trouble: () => trouble,
  };
}

/** The ledger is at fault, and not the operation: only then it may make sense to go on without. */
function isUnrecorded(error: unknown): boolean {
  if (error instanceof StoreError) return error.kind === 'ledger';
  return error instanceof Error && error.cause !== undefined && isUnrecorded(error.cause);
}

function wordsOf(error: unknown): { message: string; next: string } {
  if (error instanceof StoreError) return { message: error.message, next: error.next };
  if (error instanceof Error && error.cause !== undefined) return wordsOf(error.cause);
  return { message: 'Nothing could be recorded.', next: '' };
}

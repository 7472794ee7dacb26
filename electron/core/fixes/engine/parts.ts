import type { Clock } from '#core/console/clock.ts';
import type { HelperChannel, HelperFailure } from '#core/hosts/helper-channel.ts';
import type { Agreement } from '#core/ledger/agreed-plan.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Store } from '#core/store/store.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';

/** Where a test may end the process, or throw. The product gives none. */
export type FaultPoint = (point: string) => void | Promise<void>;

/** A channel for one run on a node, or why there is none. */
export type OpenedChannel = { ok: true; channel: HelperChannel } | { ok: false; failure: HelperFailure };

/** What a look afterwards brought. */
export interface Verdict {
  /** Every proof of the plan holds. */
  holds: boolean;
  results: AppliedChange['results'];
  /** Why nothing could be seen; empty when it could. */
  note: string;
}

/** All that the engine works with. */
export interface EngineParts {
  store: Pick<Store, 'beginChange' | 'writeChange' | 'change' | 'changesBefore' | 'openChanges'>;
  clock: Clock;
  /**
   * The channel to the node of a change, with the password of this run where one was given.
   * @param ask whether a person may be asked for one now
   */
  open(change: StoredChange, how: { fresh: boolean; ask: boolean }): Promise<OpenedChannel>;
  /** A look that has nothing to do with what was applied. Never throws. */
  verify(change: StoredChange, channel: HelperChannel, isClosing: () => boolean): Promise<Verdict>;
  /** Does a step that the console does itself: putting the helper on a node, or having it taken away. */
  own(change: StoredChange, number: number, channel: HelperChannel): Promise<OwnOutcome>;
  /** Whether a person agreed to the plan of a change, as the signed ledger proves it; the journal is signed by nobody. */
  agreed(change: StoredChange): Promise<Agreement>;
  /** Told after every write of the journal. */
  changed(change: StoredChange): void;
  /** Told when a change begins and when it comes to rest. */
  told(change: StoredChange, event: 'ordered' | 'settled'): void;
  fault?: FaultPoint;
}

export type OwnOutcome = { ok: true; words: string } | { ok: false; message: string };

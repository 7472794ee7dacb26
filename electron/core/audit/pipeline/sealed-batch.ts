import type { ChangedAlert } from '../alerts/alert-desk.ts';

/** What became of a batch, once it is on the disk. */
export interface Committed {
  source: string | null;
  events: number;
  alerts: readonly ChangedAlert[];
  /** Characters of the lines. */
  characters: number;
  /** Time of receipt less the time that the newest line says; null when none says one. */
  skewMs: number | null;
}

/** Everything of a batch that is to be stored, and that the batches after it do not change any more. */
export interface SealedBatch {
  source: string;
  events: number;
  /** As {@link Committed} has it. */
  skewMs: number | null;
  characters: number;
  /** Milliseconds since 1970 UTC. */
  now: number;
  /** JSON; undefined when what is stored stays. */
  detector: string | undefined;
  learnt: unknown;
  logsources: readonly string[] | null;
  /** What else is written in the transaction. */
  write: () => void;
  /** It is on the disk. */
  settled: () => void;
}

/** What becomes of a batch that was begun. */
export interface Ticket {
  /** `failed`: nothing of it is stored, nor of what was begun after it. */
  state: 'under-way' | 'stored' | 'failed';
  error: unknown;
  /** Settles when it is not under way any more; never rejects. */
  done: Promise<void>;
}

/** A batch whose events are packed by another thread. */
export interface UnderWay {
  sealed: SealedBatch;
  ticket: Ticket;
  resolve: () => void;
}

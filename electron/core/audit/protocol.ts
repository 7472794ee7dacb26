import type { StoreFailure } from '#core/store/store-error.ts';
import type { AuditState, LiveDelta } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';

/** What a thread of the audit is started with. */
export interface AuditThread {
  role: 'writer' | 'reader';
  /** The prepared data folder. */
  folder: string;
  keep: AuditKeep;
}

/** Settings that the thread needs. */
export interface AuditKeep {
  fullText: boolean;
  days: number;
  megabytes: number;
  /** Days for which programs and addresses of a node are only learnt; three when left out. */
  learnDays?: number;
}

/** From the core to a thread. */
export type AuditRequest = { id: number; name: string; input: unknown } | { arrived: number };

/** From a thread to the core; what has no id is said unasked. */
export type AuditResponse =
  | { id: number; value: unknown }
  | { id: number; failure: StoreFailure }
  | { live: number; deltas: LiveDelta[] }
  | { state: AuditState; sources: AuditSource[] }
  | { alerts: { alert: Alert; woke: boolean }[] };

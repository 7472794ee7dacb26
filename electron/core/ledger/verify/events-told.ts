import type { EventsVerification } from '#shared/contract/activity.ts';
import type { Verifier } from '../signed-note.ts';
import { readRecord } from './own-words.ts';

export type { EventsVerification };

/** What the ledger says of the events of logs, as plain data that crosses a thread. */
export interface EventsVouchedFor {
  /** Verifier keys that the ledger names, oldest first. */
  keys: readonly string[];
  /** Roots in base64 by the number of events, oldest first. */
  roots: readonly { size: number; root: string }[];
  /** Texts up to this number were removed as the settings say. */
  removedUpTo: number;
}

/** @param texts of events of the ledger; what is no sound event is passed over */
export function vouchedFor(texts: readonly string[], keys: readonly Verifier[]): EventsVouchedFor {
  const roots: { size: number; root: string }[] = [];
  let removedUpTo = 0;
  for (const text of texts) {
    const record = readRecord(text);
    if (record?.kind === 'events-checkpoint') roots.push(record.what);
    if (record?.kind === 'events-removed') removedUpTo = Math.max(removedUpTo, record.what.upTo);
  }
  return { keys: keys.map((key) => key.text), roots, removedUpTo };
}

import { type LedgerRecord, ledgerRecord } from '#shared/domain/ledger.ts';
import { readVerifier, type Verifier } from '../signed-note.ts';

/** What the ledger says about itself. */
export interface OwnWords {
  /** Keys that it names, oldest first. */
  keys: readonly Verifier[];
  /** Events whose texts it says were removed, both ends included. */
  pruned: readonly { first: number; last: number }[];
}

/**
 * @param texts of events that may be about the ledger itself; what is no sound event is passed over, for then its hash is
 *   wrong as well
 */
export function ownWordsOf(texts: readonly string[]): OwnWords {
  const keys: Verifier[] = [];
  const pruned: { first: number; last: number }[] = [];
  for (const record of texts.map(readRecord)) {
    if (record?.kind === 'ledger-begun' || record?.kind === 'ledger-key-replaced') {
      const key = readVerifier(record.what.verifierKey);
      if (key !== null) keys.push(key);
    } else if (record?.kind === 'events-pruned') {
      pruned.push({ first: record.what.first, last: Math.min(record.what.last, record.number - 1) });
    }
  }
  return { keys, pruned };
}

/** @returns the event of a text, or null when it is none */
export function readRecord(text: string): LedgerRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = ledgerRecord.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** @returns the first number in the ranges that no pruning explains, or null when all are explained */
export function firstUnexplained(
  ranges: readonly { first: number; last: number }[],
  pruned: readonly { first: number; last: number }[],
): number | null {
  const sorted = [...pruned].sort((a, b) => a.first - b.first);
  for (const range of ranges) {
    let next = range.first;
    for (const { first, last } of sorted) if (first <= next && last >= next) next = last + 1;
    if (next <= range.last) return next;
  }
  return null;
}

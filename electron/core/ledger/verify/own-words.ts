import { type LedgerRecord, ledgerRecord } from '#shared/domain/ledger.ts';
import { readVerifier, type Verifier } from '../signed-note.ts';

/** What the ledger says about itself. */
export interface OwnWords {
  /** Keys that it names, oldest first. */
  keys: readonly Verifier[];
}

/**
 * @param texts of events that may be about the ledger itself; what is no sound event is passed over, for then its hash is
 *   wrong as well
 */
export function ownWordsOf(texts: readonly string[]): OwnWords {
  const keys: Verifier[] = [];
  for (const record of texts.map(readRecord)) {
    if (record?.kind === 'ledger-begun' || record?.kind === 'ledger-key-replaced') {
      const key = readVerifier(record.what.verifierKey);
      if (key !== null) keys.push(key);
    }
  }
  return { keys };
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

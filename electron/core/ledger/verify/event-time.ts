import { textsOf } from '#core/store/operations/ledger/text-rows.ts';
import type { Store } from '#core/store/store.ts';
import { readRecord } from './own-words.ts';

/** @returns when an event was recorded; null for none, for a pruned one and for what is no event */
export async function eventTime(
  source: Pick<Store, 'ledgerTextsBefore'>,
  number: number,
): Promise<string | null> {
  if (number < 1) return null;
  const [row] = await source.ledgerTextsBefore({ before: number + 1 });
  const lines = row === undefined ? [] : textsOf(row);
  return readRecord(lines[number - (row?.first ?? 0)] ?? '')?.at ?? null;
}

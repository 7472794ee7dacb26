import { readRecord } from '#core/ledger/verify/own-words.ts';
import { textsOf } from '#core/store/operations/ledger/text-rows.ts';
import type { Store } from '#core/store/store.ts';
import type { ActivityEntry } from '#shared/contract/activity.ts';
import type { LedgerKind, LedgerRecord } from '#shared/domain/ledger.ts';
import { ledgerSentence } from '#shared/domain/ledger-words.ts';

/** Events that are looked through for one answer: a page that finds little says where to go on. */
const MOST_LOOKED_AT = 20_000;

/** What a page of events is asked for. */
export interface PageWish {
  search: string;
  kinds?: readonly LedgerKind[] | undefined;
  node?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  before?: number | undefined;
  limit: number;
}

/**
 * Events newest first.
 * @returns those that fit, and from which number to go on; null when there are no older ones
 */
export async function pageOfEvents(
  store: Pick<Store, 'ledgerHead' | 'ledgerTextsBefore'>,
  wish: PageWish,
): Promise<{ entries: ActivityEntry[]; next: number | null; size: number }> {
  const size = (await store.ledgerHead()).newest?.size ?? 0;
  const fits = fitting(wish);
  const entries: ActivityEntry[] = [];
  let before = Math.min(wish.before ?? size + 1, size + 1);
  for (let looked = 0; before > 1 && looked < MOST_LOOKED_AT; ) {
    const rows = await store.ledgerTextsBefore({ before });
    // Without any row, what is left has no texts: verifying says so, and a list has nothing to show.
    if (rows.length === 0) return { entries, next: null, size };
    for (const row of rows) {
      const texts = textsOf(row);
      const last = Math.min(before - 1, row.first + row.count - 1);
      for (let number = last; number >= row.first; number -= 1) {
        looked += 1;
        before = number;
        const text = texts[number - row.first];
        const entry = text === undefined ? unreadable(number) : fits(number, text);
        if (entry === null) continue;
        entries.push(entry);
        if (entries.length === wish.limit) return { entries, next: before > 1 ? before : null, size };
      }
      before = Math.min(before, row.first);
    }
  }
  return { entries, next: before > 1 ? before : null, size };
}

/** @returns the entry of an event whose text is known */
export function entryOf(number: number, text: string): ActivityEntry {
  if (text === '') {
    return {
      number,
      state: 'missing',
      record: null,
      sentence: 'The text of this event is gone.',
    };
  }
  const record = readRecord(text);
  if (record === null || record.number !== number) return unreadable(number);
  return { number, state: 'whole', record, sentence: ledgerSentence(record).slice(0, 4_096) };
}

function unreadable(number: number): ActivityEntry {
  return {
    number,
    state: 'unreadable',
    record: null,
    sentence: 'What lies here is no event any more. Verify the ledger to see what was changed.',
  };
}

/** What cannot be read fits every wish but a search: nobody may hide an event by damaging it. */
function fitting(wish: PageWish): (number: number, text: string) => ActivityEntry | null {
  const { kinds, node, from, to } = wish;
  const words = wish.search.trim().toLowerCase();
  // Canonical JSON writes a key and its value in one way only, so most texts need not be parsed.
  const marks = kinds?.map((kind) => `"kind":"${kind}"`);
  const nodeMark = node === undefined ? null : `"node":"${node}"`;
  return (number, text) => {
    if (marks && text !== '' && !marks.some((mark) => text.includes(mark))) return null;
    if (nodeMark !== null && text !== '' && !text.includes(nodeMark)) return null;
    const entry = entryOf(number, text);
    const { record } = entry;
    if (record === null) return words === '' && !kinds && node === undefined ? entry : null;
    const wanted =
      (kinds === undefined || kinds.includes(record.kind)) &&
      (node === undefined || record.where?.node === node) &&
      (from === undefined || record.at >= from) &&
      (to === undefined || record.at < to) &&
      (words === '' || searched(record, entry.sentence).includes(words));
    return wanted ? entry : null;
  };
}

function searched(record: LedgerRecord, sentence: string): string {
  return `${sentence} ${record.where?.name ?? ''} ${record.who.user} ${JSON.stringify(record.what)}`.toLowerCase();
}

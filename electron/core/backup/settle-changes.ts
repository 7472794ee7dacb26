import type { TellLedger } from '#core/console/fix-desk.ts';
import { tellLedger } from '#core/console/fix-records.ts';
import type { EventDraft, Ledger } from '#core/ledger/ledger.ts';
import type { Store } from '#core/store/store.ts';

/**
 * Brings every change of a restored console to a stop that was under way when its backup was made. What became of it since is
 * known to the console that went on, and to the node; one that was restored days later must neither go on with it nor take it back.
 * No node is asked or touched: a person looks at it, and takes back or leaves what is there.
 * @param madeAt when the backup was made, as an instant
 * @returns how many there were
 * @throws StoreError
 */
export async function settleChanges(
  store: Store,
  ledger: Ledger,
  madeAt: string,
  now: Date,
): Promise<number> {
  // A plan that cannot be read is in no event; its change stops all the same.
  const open = await store.openChanges().catch(() => []);
  const words = whyStuck(madeAt);
  const stopped = await store.stopOpenChanges({ at: now.toISOString(), words, ofStep: ofStep(madeAt) });
  const events: EventDraft[] = [];
  const tell: TellLedger = (kind, where, what) => void events.push({ kind, where, what } as EventDraft);
  for (const change of open) tellLedger(tell, { ...change, state: 'stuck', error: words }, 'settled');
  await ledger.append(events, 'go-on');
  return stopped;
}

const minute = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

function whyStuck(madeAt: string): string {
  return (
    `It was under way when this backup was made on ${minute(madeAt)}. The console that went on may have ended it or taken it ` +
    'back since, so this one does nothing about it by itself. Look at the node to see what is there now; then take it back, which ' +
    'compares each step with what is there first, take back by hand what is listed, or leave it as it is.'
  );
}

function ofStep(madeAt: string): string {
  return `It was being done when this backup was made on ${minute(madeAt)}: look whether it is there.`;
}

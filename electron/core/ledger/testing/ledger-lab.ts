import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#core/store/open-database.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import type { Verification } from '#shared/contract/activity.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { createLedger, type EventDraft, type Ledger } from '../ledger.ts';
import { verifyLedger } from '../verify/verify.ts';

/** A ledger in a real database file of its own folder, to be tampered with. */
export interface LedgerLab {
  folder: string;
  /** Opens the ledger, lets `work` use it, and closes it. */
  use<T>(work: (ledger: Ledger, store: Store) => Promise<T>): Promise<T>;
  /** Appends events: each number is a batch of that many. @returns the newest checkpoint as text */
  append(...batches: readonly number[]): Promise<string>;
  /** Changes the database file behind the back of everybody. */
  tamper(change: (database: ReturnType<typeof openDatabase>) => void): void;
  /** @param elsewhere checkpoint as text; null to use the ledger's own */
  verify(elsewhere: string | null): Promise<Verification>;
  remove(): void;
}

/** A small event; every one has another text. */
export function labEvent(number: number): EventDraft {
  return {
    kind: 'report-exported',
    where: { node: 'miu', name: 'miu' },
    what: { format: 'json', fileName: `report ${number} ü`, findings: number },
  };
}

export function ledgerLab(): LedgerLab {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-ledger-'));
  let next = 0;
  const lab: LedgerLab = {
    folder,
    async use(work) {
      const store = await openStore({ dataFolder: folder, thread: false });
      try {
        const who = { shell: 'web', user: 'operator' } as const;
        return await work(
          createLedger({ store, who, now: () => new Date('2026-11-22T06:00:00.000Z') }),
          store,
        );
      } finally {
        await store.close();
      }
    },
    append: (...batches) =>
      lab.use(async (ledger, store) => {
        for (const count of batches) {
          const first = next;
          next += count;
          await ledger.append(Array.from({ length: count }, (_, index) => labEvent(first + index + 1)));
        }
        return (await store.ledgerHead()).newest?.note ?? '';
      }),
    tamper(change) {
      const database = openDatabase(folder, new Date());
      try {
        change(database);
      } finally {
        database.close();
      }
    },
    verify: (elsewhere) =>
      lab.use((_ledger, store) => {
        const read = elsewhere === null ? null : readCheckpoint(elsewhere);
        if (elsewhere !== null && read === null) throw new Error('The checkpoint of the test cannot be read');
        return verifyLedger(store, read, () => new Date());
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return lab;
}

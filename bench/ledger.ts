import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readCheckpoint } from '#core/ledger/checkpoint.ts';
import { createLedger, type EventDraft } from '#core/ledger/ledger.ts';
import { verifyLedger } from '#core/ledger/verify/verify.ts';
import { openStore } from '#core/store/open-store.ts';
import { textsOf } from '#core/store/operations/ledger/text-rows.ts';
import type { Store } from '#core/store/store.ts';
import { inWords, median, report, series } from './measure.ts';

const EVENTS = 100_000;
const BATCH = 1_000;

/** A look that ended: the event that a console writes most often, and neither short nor long. */
function event(number: number): EventDraft {
  return {
    kind: 'look-ended',
    where: { node: 'miu', name: 'miu' },
    scheduled: true,
    what: {
      look: `look-${number}`,
      startedAt: '2026-11-22T06:00:00.000Z',
      outcome: 'done',
      checks: ['dedicated-user', 'sandbox-mode', 'outbound-firewall', 'swarm-secret'],
      verdicts: { pass: 12, fix: 2, review: 1, unknown: number % 7, notApplicable: 3 },
      error: null,
    },
  };
}

const who = { shell: 'web', user: 'operator' } as const;

/** Batches of 1,000, each made durable by itself; the next one is made ready while the one before is on its way to the disk. */
async function append(store: Store, events: readonly EventDraft[]): Promise<void> {
  const ledger = createLedger({ store, who, now: () => new Date() });
  let former: Promise<void> = Promise.resolve();
  for (let from = 0; from < events.length; from += BATCH) {
    const present = ledger.append(events.slice(from, from + BATCH));
    await former;
    former = present;
  }
  await former;
}

/** The same texts in the same database with the same settings, one row each, and nothing else: the least that a log costs. */
function plainInsert(folder: string, lines: readonly string[]): number {
  const database = new Database(join(folder, 'plain.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE line (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO line (number, text) VALUES (?, ?)');
  const began = performance.now();
  for (let from = 0; from < EVENTS; from += BATCH) {
    database
      .transaction(() => {
        for (let index = 0; index < BATCH; index += 1) insert.run(from + index, lines[index % lines.length]);
      })
      .immediate();
  }
  const took = performance.now() - began;
  database.close();
  return took;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Figures of the ledger. The disk is really asked: WAL with PRAGMA synchronous = FULL, one fsync a batch. */
export async function benchLedger(): Promise<void> {
  let lines: string[] = [];
  const events = Array.from({ length: EVENTS }, (_, number) => event(number));
  const appended = await series(5, 'ms', () =>
    inFolder(async (dataFolder) => {
      const store = await openStore({ dataFolder, thread: true });
      await append(store, events.slice(0, BATCH));
      const began = performance.now();
      await append(store, events);
      const took = performance.now() - began;
      const rows = await store.ledgerTexts({ from: BATCH, upTo: 2 * BATCH });
      lines = rows.flatMap(textsOf);
      await store.close();
      return took;
    }),
  );
  const persecond = (ms: number): string => `${(EVENTS / ms).toFixed(0)} thousand a second`;
  report(
    `${EVENTS} events appended in batches of ${BATCH}, each signed and on the disk (synchronous = FULL)`,
    appended,
    { atMost: (EVENTS / 150_000) * 1_000, text: '≥ 150,000 a second' },
    `${persecond(median(appended.values))}; a text has ${Math.round(lines.join('').length / lines.length)} characters`,
  );
  const plain = await series(5, 'ms', () => inFolder(async (folder) => plainInsert(folder, lines)));
  console.log(
    `    the same texts as plain rows in batches of ${BATCH}, same database settings: ${inWords(plain)}, ${persecond(median(plain.values))}; ratio ${(median(plain.values) / median(appended.values)).toFixed(2)} : 1`,
  );

  await inFolder(async (dataFolder) => {
    const store = await openStore({ dataFolder, thread: true });
    await append(store, events);
    const kept = readCheckpoint((await store.ledgerHead()).newest?.note ?? '');
    const verified = await series(5, 'ms', async () => {
      const { verified: fine, tookMs, sentence } = await verifyLedger(store, kept, () => new Date());
      if (!fine) throw new Error(sentence);
      return tookMs;
    });
    report(`${EVENTS} events verified against a checkpoint kept elsewhere`, verified, {
      atMost: 500,
      text: '≤ 0.5 s',
    });
    const proofs = await series(20, 'ms', async () => {
      const began = performance.now();
      await store.ledgerProof({ number: 1 + Math.floor(Math.random() * EVENTS) });
      return performance.now() - began;
    });
    report('one inclusion proof', proofs, null);
    await store.close();
  });
}

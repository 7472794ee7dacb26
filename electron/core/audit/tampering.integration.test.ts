import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyInFile } from '#core/ledger/key-file.ts';
import { eventsSigner, openAuditStore } from '#core/store/audit/audit-store.ts';
import { blockBytes, blockRow, packBlock, textsOfBlock, unpackBlock } from '#core/store/audit/blocks.ts';
import { openAuditDatabase } from '#core/store/audit/open-audit-database.ts';
import { exampleEvent, numbersFrom } from '#core/store/audit/testing/example-events.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { readerOperations } from './reader-operations.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY = 86_400_000;
/** More than two complete segments, the first of which is old. */
const EVENTS = 9_000;

let base: string;
let pristine: string;
let key: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-tamper-'));
  pristine = prepareDataFolder(join(base, 'pristine'));
  keyInFile(pristine).make('swarmkeep/tried');
  key = keyInFile(pristine).read()?.verifier.text ?? '';
  const store = openAuditStore(pristine, true);
  const signer = eventsSigner(pristine);
  const random = numbersFrom(11);
  for (let number = 1; number <= EVENTS; number += 1) {
    store.events.stage({ ...exampleEvent(random, number <= 4_096 ? NOW - 40 * DAY : NOW), number: 0 });
    if (number % 500 === 0) store.durably(() => store.events.write(signer, NOW));
  }
  store.close();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

type Tables = ReturnType<typeof openAuditDatabase>;
const UNTOUCHED = { roots: [], removedUpTo: 0 };

/** What `verify` says of a copy in which somebody changed something. */
async function verified(
  change: (database: Tables) => void,
  told: { roots: { size: number; root: string }[]; removedUpTo: number } = UNTOUCHED,
) {
  const folder = join(base, 'copy');
  rmSync(folder, { recursive: true, force: true });
  cpSync(pristine, folder, { recursive: true });
  const database = openAuditDatabase(folder);
  change(database);
  database.close();
  const reader = readerOperations(folder);
  try {
    return await reader.verify({ keys: [key], ...told });
  } finally {
    reader.close();
  }
}

/** Writes the block that an event lies in anew, as somebody would who knows how it is packed. */
function editBlock(database: Tables, number: number, edit: (texts: string[], at: number) => string[]): void {
  const row = blockRow.parse(
    database.prepare('SELECT * FROM block WHERE first <= ? ORDER BY first DESC LIMIT 1').get(number),
  );
  const texts = edit(textsOfBlock(unpackBlock(row)), number - row.first);
  const { form, lines } = packBlock(blockBytes(texts));
  database
    .prepare('UPDATE block SET form = ?, lines = ?, count = ? WHERE first = ?')
    .run(form, lines, texts.length, row.first);
}

describe('events that somebody changed in the database', () => {
  it('are none where nothing was changed', async () => {
    const report = await verified(() => undefined);
    expect(report).toMatchObject({ verified: true, upTo: EVENTS, size: EVENTS, problems: [] });
  });

  it.each([1, 2_500, EVENTS])('are named: one word of event %i', async (number) => {
    const report = await verified((database) =>
      editBlock(database, number, (texts, at) =>
        texts.with(at, (texts[at] ?? '').replace('"receivedAt":1', '"receivedAt":2')),
      ),
    );
    expect(report.verified).toBe(false);
    expect(report.problems[0]).toMatchObject({ code: 'text-changed', event: number });
    expect(report.upTo).toBeLessThan(number);
  });

  it('are named: one that was taken out, so that those behind it move up', async () => {
    const report = await verified((database) =>
      editBlock(database, 5_000, (texts, at) => texts.toSpliced(at, 1)),
    );
    expect(report.verified).toBe(false);
    expect(Math.min(...report.problems.flatMap(({ event }) => event ?? []))).toBe(5_000);
  });

  it('are named: two that changed places', async () => {
    const report = await verified((database) =>
      editBlock(database, 7_001, (texts, at) =>
        texts.with(at, texts[at + 1] ?? '').with(at + 1, texts[at] ?? ''),
      ),
    );
    expect(report.problems.slice(0, 2).map(({ code, event }) => `${code} ${event}`)).toEqual([
      'text-changed 7001',
      'text-changed 7002',
    ]);
  });

  it('are missed: a whole row, and the newest ones with their checkpoints', async () => {
    const row = await verified((database) => void database.exec('DELETE FROM block WHERE first = 129'));
    expect(row.problems[0]).toMatchObject({ code: 'text-missing', event: 129 });
    // Whoever also removes leaves and checkpoints is told by the root that the ledger recorded.
    const roots = [{ size: EVENTS, root: 'A'.repeat(43).concat('=') }];
    const cut = await verified(
      (database) =>
        void database.exec(
          'DELETE FROM block WHERE first > 8000; DELETE FROM checkpoint WHERE size > 8000; DELETE FROM tile',
        ),
      { roots, removedUpTo: 0 },
    );
    expect(cut.verified).toBe(false);
    expect(cut.problems.some(({ code }) => code === 'events-missing' || code === 'hash-missing')).toBe(true);
  });

  it('are seen when the checkpoints are changed with them', async () => {
    const report = await verified((database) => {
      editBlock(database, 42, (texts, at) => texts.with(at, (texts[at] ?? '').replace('"at":1', '"at":2')));
      database.exec("UPDATE checkpoint SET note = replace(note, '9000', '8999') WHERE size = 9000");
    });
    expect(report.problems.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['text-changed', 'checkpoint-changed']),
    );
  });
});

describe('events that are removed by age and size', () => {
  it('leave their leaves: what stays is verified, and what was never said to be removed is missed', async () => {
    const folder = join(base, 'kept');
    cpSync(pristine, folder, { recursive: true });
    const store = openAuditStore(folder, true);
    expect(store.prune({ days: 41, megabytes: 1_000 }, NOW)).toBeNull();
    expect(store.prune({ days: 30, megabytes: 1_000 }, NOW)).toEqual({ first: 1, last: 4_096 });
    expect(store.prune({ days: 30, megabytes: 1_000 }, NOW)).toBeNull();
    expect(store.reader.event(4_096)).toBeNull();
    expect(store.reader.event(4_097)?.number).toBe(4_097);
    // By size the next complete segment goes; what is in none yet stays, whatever the limit.
    expect(store.prune({ days: 30, megabytes: 0 }, NOW)).toEqual({ first: 4_097, last: 8_192 });
    expect(store.prune({ days: 30, megabytes: 0 }, NOW)).toBeNull();
    expect(store.reader.event(8_193)?.number).toBe(8_193);
    // New events get the next numbers, and their leaves join the same tree.
    const next = store.events.stage({ ...exampleEvent(numbersFrom(5), NOW), number: 0 });
    expect(next.number).toBe(EVENTS + 1);
    store.durably(() => store.events.write(eventsSigner(folder), NOW));
    store.close();
    const reader = readerOperations(folder);
    expect(await reader.verify({ keys: [key], roots: [], removedUpTo: 8_192 })).toMatchObject({
      verified: true,
      upTo: EVENTS + 1,
    });
    expect((await reader.verify({ keys: [key], roots: [], removedUpTo: 4_096 })).problems[0]).toMatchObject({
      code: 'text-missing',
      event: 4_097,
    });
    reader.close();
  });
});

import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { openDatabase } from '#core/store/open-database.ts';
import { packRow, rowOf, textRow, textsOf, unpackTexts } from '#core/store/operations/ledger/text-rows.ts';
import { CompactRange } from './compact-range.ts';
import { leafHash } from './hash.ts';
import { ledgerKeyFile } from './key-file.ts';
import { type LedgerLab, ledgerLab } from './testing/ledger-lab.ts';
import { rewrite } from './testing/rewrite.ts';
import { TreeTip } from './tree-tip.ts';

type Base = ReturnType<typeof openDatabase>;

let lab: LedgerLab;
beforeEach(() => {
  lab = ledgerLab();
});
afterEach(() => lab.remove());

/** All texts of the ledger, in order. */
function allTexts(database: Base): string[] {
  const rows = database.prepare('SELECT * FROM ledger_text ORDER BY first').all();
  return rows.flatMap((row) => textsOf(unpackTexts(textRow.parse(row))));
}

/** Makes every hash anew, as somebody does who knows the format. */
function rehash(database: Base): void {
  database.exec('DELETE FROM ledger_tile');
  const tip = new TreeTip(new CompactRange(), []);
  for (const text of allTexts(database)) tip.append(leafHash(text));
  const write = database.prepare('INSERT INTO ledger_tile VALUES (?, ?, ?)');
  for (const { level, place, hashes } of tip.takeChanged()) write.run(level, place, hashes);
}

describe('a ledger that nobody touched', () => {
  it('is verified up to its last event, against a checkpoint kept elsewhere and its own', async () => {
    const kept = await lab.append(1, 2, 300, 1);
    expect(await lab.verify(kept)).toMatchObject({
      verified: true,
      upTo: 305,
      from: null,
      at: '2026-11-22T06:00:00.000Z',
      problems: [],
      sentence: 'Verified up to event 305 at 2026-11-22 06:00:00 UTC, against a checkpoint kept elsewhere.',
    });
    await lab.append(700);
    const later = await lab.verify(kept);
    expect(later).toMatchObject({ verified: true, upTo: 305, ownUpTo: 1_005, size: 1_005, from: null });
    expect(later.sentence).toContain('The 700 events after it are younger');
    const own = await lab.verify(null);
    expect(own).toMatchObject({ verified: true, upTo: 1_005, against: 'own' });
    expect(own.sentence).toContain('compare with a checkpoint kept elsewhere too');
  });

  it('without any event says that there is nothing to verify', async () => {
    expect(await lab.verify(null)).toMatchObject({ verified: true, size: 0, upTo: 0, from: null });
  });
});

describe('many events that were written together', () => {
  const HEIGHT_ONE = 'SELECT hashes FROM ledger_tile WHERE level = 1';
  let kept: string;
  beforeEach(async () => {
    kept = await lab.append(1, 1_000, 100);
  });

  it('finds the first one among them that was edited', async () => {
    for (const number of [1_102, 600, 3]) {
      lab.tamper((database) =>
        rewrite(database, number, (texts) =>
          texts.map((text) => text.replace(`report ${number - 1} `, 'report 0 ')),
        ),
      );
      expect(await lab.verify(kept)).toMatchObject({ verified: false, from: number, upTo: number - 1 });
    }
  });

  it('narrows it down to a tile when the hash of the event was changed too', async () => {
    lab.tamper((database) => {
      const upper = database.prepare(HEIGHT_ONE).pluck().get();
      rewrite(database, 600, (texts) =>
        texts.map((text) => text.replace('"findings":599', '"findings":598')),
      );
      rehash(database);
      database.prepare('UPDATE ledger_tile SET hashes = ? WHERE level = 1').run(upper);
    });
    const report = await lab.verify(kept);
    expect(report).toMatchObject({ verified: false, from: 513, upTo: 512 });
  });

  it('finds hashes of tiles that were changed or taken out, and that no event was', async () => {
    lab.tamper((database) => {
      const upper = database.prepare(HEIGHT_ONE).pluck().get() as Buffer;
      upper[40] = (upper[40] ?? 0) ^ 1;
      database.prepare('UPDATE ledger_tile SET hashes = ? WHERE level = 1').run(upper);
    });
    const changed = await lab.verify(kept);
    expect(changed).toMatchObject({ verified: false, from: null, upTo: 1_102 });
    expect(changed.problems).toMatchObject([{ code: 'hash-changed', event: 257 }]);
    lab.tamper((database) => database.exec('DELETE FROM ledger_tile'));
    const gone = await lab.verify(kept);
    expect(gone).toMatchObject({ verified: false, from: null, upTo: 1_102 });
    expect(new Set(gone.problems.map((problem) => problem.code))).toEqual(new Set(['hash-missing']));
  });

  it('cannot read a row that was torn, and says from which event on', async () => {
    lab.tamper((database) => {
      const row = database.prepare('SELECT * FROM ledger_text WHERE first = 515').get();
      const { first, lines } = textRow.parse(row);
      database
        .prepare('UPDATE ledger_text SET lines = ? WHERE first = ?')
        .run(lines.subarray(0, lines.length / 2), first);
    });
    const report = await lab.verify(kept);
    expect(report).toMatchObject({ verified: false, from: 515, upTo: 514 });
  });
});

describe('one event at a time, against a checkpoint kept elsewhere', () => {
  /** Single events, a short row, a packed row: event 1 is the beginning itself. */
  const SIZES = [1, 1, 3, 40, 1, 2];
  const COUNT = 49;
  let kept: string;
  let sound: Buffer;
  const file = (): string => join(lab.folder, 'swarmkeep.db');
  beforeEach(async () => {
    kept = await lab.append(...SIZES);
    // Into one file, so that every change starts from the same bytes.
    lab.tamper((database) => void database.pragma('wal_checkpoint(TRUNCATE)'));
    sound = readFileSync(file());
  });
  const restore = (): void => {
    for (const side of ['-wal', '-shm']) rmSync(file() + side, { force: true });
    writeFileSync(file(), sound);
  };

  async function expectFrom(number: number, change: (database: Base) => void, what: string): Promise<void> {
    restore();
    lab.tamper(change);
    const report = await lab.verify(kept);
    expect([report.verified, report.from], `${what} ${number}: ${report.sentence}`).toEqual([false, number]);
    expect(report.sentence).toContain(`From event ${number} on nothing can be vouched for.`);
    expect(report.upTo).toBe(number - 1);
    // Its own checkpoint lies in the same file and still tells, as long as only texts were changed.
    expect((await lab.verify(null)).from).toBe(number);
  }

  it('finds every event that was edited, from that event on', { timeout: 180_000 }, async () => {
    for (let number = 1; number <= COUNT; number += 1) {
      const edit = (texts: string[]): string[] =>
        texts.map((text) => text.replace(`"number":${number},`, `"number":${number} ,`));
      await expectFrom(number, (database) => rewrite(database, number, edit), 'edited');
    }
  });

  it('finds every event that was taken out, with and without closing the gap', {
    timeout: 180_000,
  }, async () => {
    for (let number = 2; number <= COUNT; number += 1) {
      const without = (texts: string[]): string[] =>
        texts.filter((text) => !text.includes(`"number":${number},`));
      await expectFrom(
        number,
        (database) => {
          rewrite(database, number, without);
          database.exec('DELETE FROM ledger_text WHERE count = 0');
        },
        'deleted',
      );
      if (number % 5 !== 0) continue;
      await expectFrom(
        number,
        (database) => {
          rewrite(database, number, without);
          const texts = allTexts(database);
          const { form, lines } = packRow(rowOf(texts));
          database.exec('DELETE FROM ledger_text');
          database.prepare('INSERT INTO ledger_text VALUES (1, ?, ?, ?)').run(texts.length, form, lines);
        },
        'closed up',
      );
    }
  });

  it('finds events that changed places', { timeout: 60_000 }, async () => {
    for (const number of [5, 20, 44]) {
      await expectFrom(
        number,
        (database) =>
          rewrite(database, number, (texts) => {
            const at = texts.findIndex((text) => text.includes(`"number":${number},`));
            return texts.with(at, texts[at + 1] ?? '').with(at + 1, texts[at] ?? '');
          }),
        'swapped',
      );
    }
  });

  it('finds what was cut off at the end', { timeout: 60_000 }, async () => {
    for (const number of [2, 5, 6, 46, 47, 48]) {
      await expectFrom(
        number,
        (database) => {
          database.prepare('DELETE FROM ledger_text WHERE first >= ?').run(number);
          if (number < 48)
            rewrite(database, number - 1, (texts) =>
              texts.filter((text) => Number(/"number":(\d+)/.exec(text)?.[1]) < number),
            );
        },
        'cut off',
      );
    }
  });

  it('finds every byte that was changed in any event', { timeout: 300_000 }, async () => {
    restore();
    const texts: string[] = [];
    lab.tamper((database) => texts.push(...allTexts(database)));
    // Every byte of one event, and some of others: the beginning, single ones, the ends of rows.
    for (const number of [1, 2, 3, 7, 30, 47, 48, 49]) {
      const bytes = Buffer.from(texts[number - 1] ?? '');
      for (let at = 0; at < bytes.length; at += number === 30 ? 1 : 29) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        if (changed[at] === 0x0a) continue;
        restore();
        lab.tamper((database) => rewriteBytes(database, number, bytes, changed));
        const report = await lab.verify(kept);
        expect([report.verified, report.from], `byte ${at} of event ${number}`).toEqual([false, number]);
      }
    }
  });

  it('finds every stored hash that was changed, and that no event was', { timeout: 120_000 }, async () => {
    for (let number = 1; number <= COUNT; number += 6) {
      restore();
      lab.tamper((database) => {
        const hashes = database
          .prepare('SELECT hashes FROM ledger_tile WHERE level = 0')
          .pluck()
          .get() as Buffer;
        hashes[(number - 1) * 32 + 5] = (hashes[(number - 1) * 32 + 5] ?? 0) ^ 4;
        database.prepare('UPDATE ledger_tile SET hashes = ? WHERE level = 0').run(hashes);
      });
      const report = await lab.verify(kept);
      expect(report).toMatchObject({ verified: false, from: null, upTo: COUNT });
      expect(report.problems).toEqual([
        {
          code: 'hash-changed',
          event: number,
          message: `The stored hash of event ${number} is another one than it was.`,
        },
      ]);
    }
  });

  it('finds a change below hashes that were made anew, by the checkpoint kept elsewhere', async () => {
    restore();
    lab.tamper((database) => {
      rewrite(database, 30, (texts) => texts.map((text) => text.replace('"findings":29', '"findings":28')));
      rehash(database);
    });
    const report = await lab.verify(kept);
    // The own checkpoints after events 1 to 6 were signed before, and still hold.
    expect(report).toMatchObject({ verified: false, upTo: 0 });
    expect(report.from).toBeLessThanOrEqual(30);
    expect(report.problems.map((problem) => problem.code)).toContain('root-differs');
  });

  it('finds a checkpoint of its own that was changed', async () => {
    restore();
    lab.tamper((database) =>
      database.exec(
        "UPDATE ledger_checkpoint SET note = replace(note, char(10) || '49' || char(10), char(10) || '50' || char(10))",
      ),
    );
    const report = await lab.verify(kept);
    expect(report).toMatchObject({ verified: false, upTo: COUNT, from: null });
    expect(report.problems.map((problem) => problem.code)).toEqual(['checkpoint-changed']);
    expect((await lab.verify(null)).from).toBe(1);
    restore();
    lab.tamper((database) => database.exec('DELETE FROM ledger_checkpoint'));
    expect((await lab.verify(kept)).problems.map((problem) => problem.code)).toEqual(['checkpoint-missing']);
    expect((await lab.verify(null)).from).toBe(1);
  });

  it('finds that the file was rolled back, and says how many events are missing', async () => {
    copyFileSync(file(), join(lab.folder, 'old'));
    const newer = await lab.append(5, 300);
    for (const side of ['-wal', '-shm']) rmSync(file() + side, { force: true });
    copyFileSync(join(lab.folder, 'old'), file());
    const report = await lab.verify(newer);
    expect(report).toMatchObject({ verified: false, upTo: 0, from: COUNT + 1, ownUpTo: COUNT });
    expect(report.problems).toEqual([
      {
        code: 'events-missing',
        event: COUNT + 1,
        message: `The checkpoint kept elsewhere covers ${COUNT + 305} events, and there are ${COUNT}.`,
      },
    ]);
    // Going on from there makes another history of the same ledger, and that shows too.
    await lab.append(400);
    expect(await lab.verify(newer)).toMatchObject({ verified: false, from: 1, upTo: 0 });
  });

  it('finds a ledger that was signed anew with another key', async () => {
    for (const side of ['', '-wal', '-shm']) rmSync(file() + side, { force: true });
    rmSync(ledgerKeyFile(lab.folder));
    await lab.append(...SIZES);
    expect((await lab.verify(null)).verified).toBe(true);
    const report = await lab.verify(kept);
    expect(report).toMatchObject({ verified: false, from: 1, upTo: 0 });
    expect(report.problems[0]?.code).toBe('another-ledger');
  });

  it('finds a key file that was exchanged, and one that is gone', async () => {
    const other = ledgerLab();
    try {
      await other.append(1);
      copyFileSync(ledgerKeyFile(other.folder), ledgerKeyFile(lab.folder));
    } finally {
      other.remove();
    }
    expect((await lab.verify(kept)).problems.map((problem) => problem.code)).toEqual(['key-replaced']);
    await expect(lab.append(1)).rejects.toMatchObject({ kind: 'ledger' });
    rmSync(ledgerKeyFile(lab.folder));
    const report = await lab.verify(kept);
    expect(report).toMatchObject({ verified: false, from: null, upTo: COUNT });
    expect(report.problems.map((problem) => problem.code)).toEqual(['key-missing']);
  });

  it('does not believe a checkpoint kept elsewhere that was changed itself', async () => {
    const report = await lab.verify(kept.replace('\n49\n', '\n48\n'));
    expect(report).toMatchObject({ verified: false, from: null, upTo: 0, ownUpTo: COUNT });
    expect(report.problems.map((problem) => problem.code)).toEqual(['elsewhere-not-signed']);
  });

  it('finds events that were put in without the key, and texts behind the texts', async () => {
    restore();
    lab.tamper((database) => {
      const { form, lines } = packRow(rowOf(['{"number":50}']));
      database.prepare('INSERT INTO ledger_text VALUES (50, 1, ?, ?)').run(form, lines);
    });
    const added = await lab.verify(kept);
    expect(added).toMatchObject({ verified: false, upTo: COUNT, from: COUNT + 1 });
    expect(added.problems.map((problem) => problem.code)).toContain('not-covered');
    restore();
    lab.tamper((database) =>
      database.exec(
        "UPDATE ledger_text SET lines = CAST(CAST(lines AS TEXT) || char(10) || '{}' AS BLOB) WHERE first = 2",
      ),
    );
    expect(await lab.verify(kept)).toMatchObject({ verified: false });
  });
});

function rewriteBytes(database: Base, number: number, before: Buffer, after: Buffer): void {
  const found = textRow.parse(
    database.prepare('SELECT * FROM ledger_text WHERE first <= ? ORDER BY first DESC LIMIT 1').get(number),
  );
  const bytes = Buffer.from(unpackTexts(found).bytes ?? []);
  after.copy(bytes, bytes.indexOf(before));
  database.prepare('UPDATE ledger_text SET form = 0, lines = ? WHERE first = ?').run(bytes, found.first);
}

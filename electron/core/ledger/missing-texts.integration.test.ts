import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LedgerLab, ledgerLab } from './testing/ledger-lab.ts';
import { rewrite } from './testing/rewrite.ts';

let lab: LedgerLab;
beforeEach(() => {
  lab = ledgerLab();
});
afterEach(() => lab.remove());

describe('texts that are gone', () => {
  it('are missed, and their hashes and all proofs stay', async () => {
    const kept = await lab.append(1, 5, 300);
    const without = (texts: string[]) =>
      texts.map((text) => {
        const number = Number(/"number":(\d+)/.exec(text)?.[1]);
        return number >= 3 && number <= 5 ? '' : text;
      });
    lab.tamper((database) => rewrite(database, 3, without));
    expect(await lab.verify(kept)).toMatchObject({ verified: false, upTo: 2, from: 3 });
    await lab.use(async (_ledger, store) => {
      expect(await store.ledgerProof({ number: 4 })).toMatchObject({ text: null, size: 307 });
    });
  });

  it('are missed too where a row of none hides them from every list', async () => {
    const kept = await lab.append(3, 10);
    lab.tamper((database) => {
      database
        .prepare('INSERT INTO ledger_text (first, count, form, lines) VALUES (7, 0, 1, ?)')
        .run(Buffer.from('x'));
    });
    const report = await lab.verify(kept);
    expect(report.verified).toBe(false);
    expect(report.problems).toContainEqual(expect.objectContaining({ code: 'text-changed', event: 7 }));
  });
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { agreementTo } from './agreed-plan.ts';
import type { EventDraft } from './ledger.ts';
import { type LedgerLab, ledgerLab } from './testing/ledger-lab.ts';
import { rewrite } from './testing/rewrite.ts';

const ID = 'c'.repeat(32);
const HASH = 'd'.repeat(64);
const event = (kind: 'plan-agreed' | 'plan-shown', hash = HASH): EventDraft => ({
  kind,
  where: { node: 'miu', name: 'miu' },
  what: { plan: ID, hash, purpose: 'fix', title: 'Close the file', checks: ['swarm-secret'], steps: 2 },
});

let lab: LedgerLab;
beforeEach(() => {
  lab = ledgerLab();
});
afterEach(() => lab.remove());
const agreement = (hash = HASH) => lab.use((_ledger, store) => agreementTo(store, { id: ID, hash }));

it('finds a consent under all that came later, and none for another plan or one that was only shown', async () => {
  await lab.append(3);
  await lab.use((ledger) => ledger.append([event('plan-shown', 'e'.repeat(64)), event('plan-agreed')]));
  await lab.append(700);
  expect(await agreement()).toBe('agreed');
  expect(await agreement('e'.repeat(64))).toBe('not-agreed');
});

it('believes no event that was written into the file behind its back', async () => {
  await lab.append(3);
  await lab.use((ledger) => ledger.append([event('plan-agreed', 'e'.repeat(64))]));
  await lab.append(3);
  lab.tamper((database) =>
    rewrite(database, 5, (texts) => texts.map((text) => text.replace('e'.repeat(64), HASH))),
  );
  expect(await agreement()).toBe('unknown');
});

it('cannot tell without the key, or with texts that cannot be read', async () => {
  await lab.use((ledger) => ledger.append([event('plan-agreed')]));
  lab.tamper((database) => database.prepare("UPDATE ledger_text SET form = 1, lines = x'00'").run());
  expect(await agreement()).toBe('unknown');
  lab.remove();
  lab = ledgerLab();
  await lab.use((ledger) => ledger.append([event('plan-agreed')]));
  rmSync(join(lab.folder, 'ledger.key'));
  expect(await agreement()).toBe('unknown');
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LedgerLab, ledgerLab } from './testing/ledger-lab.ts';

const KILLS = 10;

let lab: LedgerLab;
beforeEach(() => {
  lab = ledgerLab();
});
afterEach(() => lab.remove());

/** Appends batches of 1 to 400 events as fast as it can, and says how many events are on the disk. */
const WRITER = `
const [store, ledger, labFile, folder] = process.argv.slice(1);
const { openStore } = await import(store);
const { createLedger } = await import(ledger);
const { labEvent } = await import(labFile);
// Written at an end that never comes otherwise; the next one starts in half the time.
(await import('node:module')).flushCompileCache();
const opened = await openStore({ dataFolder: folder, thread: true });
const written = createLedger({ store: opened, who: { shell: 'web', user: 'x' }, now: () => new Date() });
for (let count = 1; ; count = (count * 7) % 400 + 1) {
  await written.append(Array.from({ length: count }, (_, index) => labEvent(index)));
  process.stdout.write((await opened.ledgerHead()).newest.size + '\\n');
}`;

it(`loses no event, and leaves none without hash and checkpoint, ${KILLS} times kill -9`, {
  timeout: 120_000,
}, async () => {
  const files = ['../store/open-store.ts', 'ledger.ts', 'testing/ledger-lab.ts'].map((file) =>
    join(import.meta.dirname, file),
  );
  let before = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, ...files, lab.folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, (round * 13) % 60));
    child.kill('SIGKILL');
    await once(child, 'close');
    const told = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
    const report = await lab.verify(null);
    expect(report).toMatchObject({ verified: true, from: null });
    expect(report.size).toBeGreaterThanOrEqual(told);
    expect(report.size).toBeGreaterThan(before);
    before = report.size;
  }
});

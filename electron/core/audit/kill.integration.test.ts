import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keyInFile } from '#core/ledger/key-file.ts';
import { eventsSigner, openAuditReading } from '#core/store/audit/audit-store.ts';
import { findEvents, readySelection } from '#core/store/audit/search.ts';
import { readerOperations } from './reader-operations.ts';
import { lineOf } from './testing/endless-follower.ts';

const KILLS = 20;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-audit-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @returns how many events the killed program said were on the disk */
async function killed(round: number): Promise<number> {
  const program = join(import.meta.dirname, 'testing/endless-ingest.ts');
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 37) % 150)));
  child.kill('SIGKILL');
  await once(child, 'close');
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
}

it(`stores every line once, with leaf, index and checkpoint, ${KILLS} times kill -9`, {
  timeout: 300_000,
}, async () => {
  let before = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const said = await killed(round);
    expect(said).toBeGreaterThanOrEqual(before);
    before = said;
  }
  const reading = openAuditReading(folder);
  const events = reading.reader.newest();
  expect(events).toBeGreaterThanOrEqual(before);
  for (let number = 1; number <= events; number += 1) {
    // Line for line in order: none lost, none doubled.
    expect(reading.reader.event(number)?.raw).toBe(lineOf(number - 1));
  }
  const sevens = Array.from({ length: events }, (_, line) => line).filter((line) => line % 10 === 7);
  expect(reading.alerts.list(null, null).map(({ count }) => count)).toEqual([sevens.length]);
  const [source] = reading.sources.all();
  expect(source).toMatchObject({ events, position: { next: events } });
  const some = { kind: 'field', field: 'line', pattern: [String(Math.floor(events / 2))] } as const;
  // It may take its time: how soon it gives up is no matter of kills.
  const wish = { start: events, direction: 'older', limit: 10, budgetMs: 60_000 } as const;
  const found = findEvents(reading.reader, readySelection({ query: some }, reading.hash, Date.now()), wish);
  expect(found.events.map((event) => event.number)).toEqual([Math.floor(events / 2) + 1]);
  reading.close();

  const key = keyInFile(folder).read()?.verifier.text ?? '';
  const operations = readerOperations(folder);
  const report = await operations.verify({ keys: [key], roots: [], removedUpTo: 0 });
  expect(report).toMatchObject({ verified: true, upTo: events, size: events, problems: [] });
  operations.close();
  expect(eventsSigner(folder)).not.toBeNull();
});

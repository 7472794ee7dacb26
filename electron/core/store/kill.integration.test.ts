import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './open-database.ts';

const KILLS = 20;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes looks as fast as it can. Every finding of a look carries the number of the look. */
const WRITER = `
const [store, examples, folder, first] = process.argv.slice(1);
const { openStore } = await import(store);
const { exampleLook, exampleNode, exampleSeen } = await import(examples);
// Written at an end that never comes otherwise; the next one starts in half the time.
(await import('node:module')).flushCompileCache();
const opened = await openStore({ dataFolder: folder, thread: false });
if ((await opened.listNodes()).length === 0) await opened.addNode({ node: exampleNode('miu'), hostKeys: [] });
const checks = ['dedicated-user', 'sandbox-mode', 'workspace-bounded', 'source-read-only', 'outbound-firewall', 'peer-allowlist', 'swarm-secret', 'service-bindings'];
for (let number = Number(first); ; number += 1) {
  const at = new Date(Date.UTC(2026, 10, 21) + number * 1000).toISOString();
  const status = number % 2 ? 'fix' : 'pass';
  await opened.recordLook(exampleLook('miu', at, checks.map((check) => exampleSeen(check, status)), { json: JSON.stringify({ number, padding: 'x'.repeat(20000) }) }));
  process.stdout.write(number + '\\n');
}`;

function startWriter(first: number): ChildProcess {
  const here = import.meta.dirname;
  const files = [join(here, 'open-store.ts'), join(here, 'testing/example-findings.ts')];
  return spawn(process.execPath, ['--input-type=module', '-e', WRITER, ...files, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @returns the number of the last look that the writer said was written */
async function killAfter(writer: ChildProcess, ms: number): Promise<number> {
  let said = '';
  writer.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  await once(writer.stdout as NodeJS.ReadableStream, 'data');
  await new Promise((resolve) => setTimeout(resolve, ms));
  writer.kill('SIGKILL');
  await once(writer, 'close');
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
}

describe('kill -9', () => {
  it(`loses no written look and leaves no half one, ${KILLS} times`, { timeout: 120_000 }, async () => {
    let first = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const said = await killAfter(startWriter(first), (round * 7) % 43);
      const database: Database.Database = openDatabase(folder, new Date());
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(database.pragma('foreign_key_check')).toEqual([]);
      const seen = database.prepare('SELECT DISTINCT last_seen FROM finding').pluck().all();
      expect(seen).toHaveLength(1);
      const newest = database.prepare('SELECT max(ended_at) FROM look').pluck().get();
      expect(seen[0]).toBe(newest);
      expect(database.prepare('SELECT collected_at FROM facts').pluck().get()).toBe(newest);
      const number = (Date.parse(String(newest)) - Date.UTC(2026, 10, 21)) / 1000;
      // The kill may come between the write and the word about it; what was said must be there.
      expect(number).toBeGreaterThanOrEqual(said);
      expect(number).toBeLessThanOrEqual(said + 1);
      first = number + 1;
      database.close();
    }
    expect(first).toBeGreaterThan(KILLS);
  });
});

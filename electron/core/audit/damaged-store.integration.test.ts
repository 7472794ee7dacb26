import { closeSync, mkdtempSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keyInFile } from '#core/ledger/key-file.ts';
import { asAuditError, auditFile } from '#core/store/audit/open-audit-database.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { endlessFollower } from './testing/endless-follower.ts';
import { plainRules } from './testing/plain-rules.ts';
import { writerOperations } from './writer-operations.ts';

let above = '';
let folder = '';
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'swarmkeep-damaged-'));
  folder = prepareDataFolder(join(above, 'data'));
  keyInFile(folder).make('swarmkeep/damaged');
});
afterEach(() => rmSync(above, { recursive: true, force: true }));

const target = { kind: 'file', path: '/endless' } as const;
const node = {
  ...{ id: 'miu', name: 'miu', address: { kind: 'local' as const }, utcOffsetMinutes: 0 },
  found: [{ target, name: 'endless' }],
};

function begin() {
  const { operations } = writerOperations({
    folder,
    keep: { fullText: true, days: 90, megabytes: 100 },
    openFollower: (_node, _target, position) => endlessFollower(position),
    loadRules: () => plainRules(),
    say: () => undefined,
  });
  return operations;
}

async function watch(events: number) {
  const operations = begin();
  await operations.watch({ nodes: [node as Parameters<typeof operations.watch>[0]['nodes'][number]] });
  await expect.poll(() => operations.state().events, { timeout: 60_000 }).toBeGreaterThan(events);
  return operations;
}

it('says that the records of logs are damaged while they are written to, reads no further, and begins anew beside them', {
  timeout: 180_000,
}, async () => {
  // Closing puts all of it in one file.
  await (await watch(8_000)).close();
  const operations = await watch(9_000);
  const path = auditFile(folder);
  const file = openSync(path, 'r+');
  for (let at = 16_384; at < statSync(path).size; at += 4_096)
    writeSync(file, Buffer.alloc(4_096, 170), 0, 4_096, at);
  closeSync(file);

  await expect
    .poll(() => operations.state().trouble, { timeout: 60_000 })
    .toMatch(/The stored events are damaged/);
  expect(operations.state().trouble).toContain('The logs themselves are where they were');
  expect(operations.sources()[0]).toMatchObject({
    state: 'failed',
    trouble: 'The stored events are damaged.',
  });
  const { events } = operations.state();
  await pause(1_500);
  expect(operations.state().events).toBe(events);
  await operations.close();

  let why: unknown = null;
  try {
    begin();
  } catch (error) {
    why = asAuditError(error, path).toFailure();
  }
  expect(why).toMatchObject({
    kind: 'damaged',
    next: expect.stringContaining('Move audit.db and audit.db-wal aside'),
  });

  for (const end of ['', '-wal', '-shm']) {
    if (statSync(path + end, { throwIfNoEntry: false })) renameSync(path + end, join(above, `kept${end}`));
  }
  const anew = await watch(500);
  expect(anew.state().trouble).toBe('');
  await anew.close();
});

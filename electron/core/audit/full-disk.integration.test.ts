import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-audit-full-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

it('says that the disk is full, loses nothing, and goes on when there is room', {
  timeout: 120_000,
}, (context) => {
  if (spawnSync('unshare', ['-m', 'true']).status !== 0)
    context.skip('unshare(1) may not make a mount namespace here');
  const mount = 'mount -t tmpfs -o size=12m,mode=0700 swarmkeep-test "$1" && shift && exec "$@"';
  const run = spawnSync(
    'unshare',
    [
      ...['-m', '--propagation', 'private', 'sh', '-c', mount, 'sh', base, process.execPath],
      ...[join(import.meta.dirname, 'testing/small-disk.ts'), base],
    ],
    { encoding: 'utf8', timeout: 110_000 },
  );
  expect(run.stderr).toBe('');
  const seen = JSON.parse(run.stdout);
  expect(seen.filled).toBe(true);
  expect(seen.full.trouble).toContain('There is no room left on the disk for what the logs say.');
  expect(seen.full.trouble).toContain('Nothing is lost');
  expect(seen.full.source).toMatchObject({ state: 'failed' });
  expect(seen.stillFull).toBe(seen.full.events);
  expect(seen.wentOn).toBe(true);
  expect(seen.after).toMatchObject({ state: 'live', trouble: '' });
  expect(seen.gaps).toEqual([expect.objectContaining({ kind: 'disk-full', bytes: 0 })]);
  // Line for line in order, each with its leaf under a checkpoint.
  expect([seen.wrong, seen.verified, seen.upTo]).toEqual([0, true, seen.events]);
  expect(seen.events).toBeGreaterThan(seen.full.events + 500);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-full-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Runs on a file system of 3 MB; prints what happened as JSON. */
const ON_SMALL_DISK = `
import { writeFileSync, rmSync, statfsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
const [store, examples, folder] = process.argv.slice(1);
const { openStore } = await import(store);
const { exampleLook, exampleNode, exampleSeen } = await import(examples);
const dataFolder = folder + '/data';
const opened = await openStore({ dataFolder, thread: true });
await opened.addNode({ node: exampleNode('miu'), hostKeys: [] });
const look = (minute, size) => opened.recordLook(exampleLook('miu', new Date(Date.UTC(2026, 10, 21, 0, minute)).toISOString(), [exampleSeen('service-bindings', minute % 2 ? 'fix' : 'pass')], { json: JSON.stringify(randomBytes(size).toString('hex')) }));
await look(1, 1000);
await opened.maintain({ at: '2026-11-21T00:00:00.000Z' });
const { bavail, bsize } = statfsSync(folder);
writeFileSync(folder + '/ballast', Buffer.alloc(Math.max(0, bavail * bsize - 65536)));
const fail = async (call) => call().then(() => null, (error) => ({ kind: error.kind, message: error.message, untouched: error.untouched, next: error.next }));
const write = await fail(() => look(2, 200000));
const backup = await fail(() => opened.maintain({ at: '2026-11-25T00:00:00.000Z' }));
const kept = await opened.history({ node: 'miu', check: 'service-bindings', fromDay: '2026-11-01' });
rmSync(folder + '/ballast');
await look(3, 1000);
await look(4, 1000);
const after = await opened.history({ node: 'miu', check: 'service-bindings', fromDay: '2026-11-01' });
const copy = await opened.maintain({ at: '2026-11-25T00:00:00.000Z' });
await opened.close();
const again = await openStore({ dataFolder, thread: true });
const facts = await again.facts({ node: 'miu' });
await again.close();
console.log(JSON.stringify({ write, backup, kept: kept.changes.length, after: after.changes.length, copy: copy.backup !== null, facts: facts.length }));
`;

describe('a full disk', () => {
  it('is said clearly, costs nothing that was stored, and is over when there is room again', (context) => {
    const probe = spawnSync('unshare', ['-m', 'true']);
    if (probe.status !== 0) context.skip('unshare(1) may not make a mount namespace here');
    const mount = 'mount -t tmpfs -o size=3m,mode=0700 swarmkeep-test "$1" && shift && exec "$@"';
    const here = import.meta.dirname;
    const run = spawnSync(
      'unshare',
      [
        ...['-m', '--propagation', 'private', 'sh', '-c', mount, 'sh', base, process.execPath],
        ...['--input-type=module', '-e', ON_SMALL_DISK],
        ...[join(here, 'open-store.ts'), join(here, 'testing/example-findings.ts'), base],
      ],
      { encoding: 'utf8', timeout: 50_000 },
    );
    expect(run.stderr).toBe('');
    const result = JSON.parse(run.stdout);
    expect(result.write).toMatchObject({
      kind: 'full',
      message: 'There is no room left on the disk for the records of the console.',
      untouched: 'What was stored before is intact.',
      next: expect.stringContaining('Free some space'),
    });
    expect(result.backup).toMatchObject({ kind: 'full' });
    expect(result).toMatchObject({ kept: 1, after: 2, copy: true, facts: 2_002 });
  });
});

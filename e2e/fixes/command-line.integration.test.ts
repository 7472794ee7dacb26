import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REMOVED_FILES } from '#shared/domain/helper/installation.ts';
import { openTestNode, type TestNode, whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { builtHelper } from '../../electron/helper/testing/install-helper.ts';

const CLI = join(import.meta.dirname, '../../electron/cli/main.ts');
const why = whyNoTestNode();

/** Commands as they are typed, on a node of their own: they look at it and change it for real. */
describe.skipIf(why !== null)(`the commands that change nodes${why === null ? '' : ` (${why})`}`, () => {
  let node: TestNode;
  const data = '/root/swarmkeep-cli-test';

  function command(...args: string[]) {
    const [enter = '', ...inside] = node.inside;
    const whole = [...inside, process.execPath, '--no-warnings', CLI, '--data-dir', data, ...args];
    const end = spawnSync(enter, whole, { encoding: 'utf8', maxBuffer: 1 << 26 });
    const json = args.includes('--json') && end.stdout !== '' ? JSON.parse(end.stdout) : null;
    return { code: end.status, out: end.stdout, error: end.stderr, json };
  }
  const there = (path: string): boolean => existsSync(node.path(path));

  beforeAll(async () => {
    builtHelper();
    node = await openTestNode();
  }, 120_000);
  afterAll(() => node?.close());

  it('refuses what is wrong, by its exit code', { timeout: 120_000 }, () => {
    expect(command('fix', 'no-such-check')).toMatchObject({
      code: 64,
      error: expect.stringContaining('no-such-check'),
    });
    expect(command('fix').code).toBe(64);
    expect(command('undo', 'nothing!').code).toBe(64);
    expect(command('fix', 'time-sync', '--json')).toMatchObject({
      code: 2,
      json: { error: { message: 'No node was added yet.' } },
    });
    expect(command('node', 'add', '--local', '--name', 'here').code).toBe(0);
    expect(command('undo', 'a'.repeat(32), '--json')).toMatchObject({
      code: 2,
      json: { error: { message: 'There is no such change.' } },
    });
    expect(command('confirm', 'abcdef').code).toBe(2);
    expect(command('changes', '--json')).toMatchObject({ code: 0, json: { changes: [], more: false } });
  });

  it('shows a plan and says why it cannot be done while nothing is allowed', { timeout: 120_000 }, () => {
    const dry = command('fix', 'ssh-server', 'backups', '--dry-run', '--json');
    expect(dry.json.plan.access).toMatchObject({ via: 'none', installed: false });
    expect(dry.json.plan.left.some((entry: { check: string }) => entry.check === 'backups')).toBe(true);
    expect(dry.json.plan.blocked).not.toBeNull();
    expect([1, 2]).toContain(dry.code);
  });

  it('asks, and takes no answer for a no', { timeout: 120_000 }, () => {
    const asked = command('allow', '--json');
    expect(asked.code).toBe(2);
    expect(asked.json.error.message).toContain('could ask nobody for a yes');
    expect(asked.error).toContain('Allow changes on here');
    expect(asked.error).toContain('sha256sum');
    expect(there('/usr/local/libexec/swarmkeep')).toBe(false);
  });

  it('allows changes as shown, lists it, and removes everything', { timeout: 240_000 }, () => {
    const allowed = command('allow', '--yes', '--json');
    expect(allowed.error).toContain('Place /usr/local/libexec/swarmkeep/swarmkeep-helper.mjs');
    expect(allowed.json.change).toMatchObject({ purpose: 'allow-changes', state: 'done', error: null });
    expect(allowed.code).toBe(0);
    expect(statSync(node.path('/usr/local/libexec/swarmkeep/swarmkeep-helper')).mode & 0o7777).toBe(0o755);
    const listed = command('changes');
    expect(listed.out).toContain(allowed.json.change.id);
    expect(listed.out).toContain('Allow changes on here: done');
    const planned = command('fix', 'backups', '--dry-run', '--json');
    expect(planned.json.plan.access).toMatchObject({ via: 'root', installed: true, outdated: false });

    const removed = command('remove', '--yes', '--json');
    expect(removed.json.change).toMatchObject({ purpose: 'remove', state: 'done' });
    expect(removed.code).toBe(0);
    for (const path of [...REMOVED_FILES, '/usr/local/libexec/swarmkeep', '/var/lib/swarmkeep']) {
      expect(there(path), path).toBe(false);
    }
  });
});

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineOn, fileStep, hashed, QuickClock } from '#core/fixes/engine/testing/engine-bench.ts';
import { FakeHelper } from '#core/fixes/engine/testing/fake-helper.ts';
import { inMemory } from '#core/fixes/engine/testing/fake-node.ts';
import { openStore } from '#core/store/open-store.ts';
import { run } from './program.ts';
import { capturedTerminal } from './testing/captured-terminal.ts';

const CHANGE = 'c'.repeat(32);

/** A change that came to a stop: its second step failed, and somebody wrote to what its first one left. */
async function leaveStuck(dataFolder: string): Promise<void> {
  const store = await openStore({ dataFolder, thread: false });
  try {
    const clock = new QuickClock();
    const place = inMemory({});
    const helper = new FakeHelper(place, () => clock.now().getTime());
    const { engine } = engineOn(store, helper, clock);
    helper.trouble = (request) => {
      if (request.ask !== 'do' || request.step !== 1) return null;
      place.write({ ...place.read(), things: { '/etc/a': 'of the operator' } });
      return 'no-space';
    };
    const steps = [fileStep('/etc/a', null, 'A'), fileStep('/etc/b', null, 'B')];
    await engine.apply(hashed({ id: CHANGE, node: 'miu', steps }));
    await engine.idle();
  } finally {
    await store.close();
  }
}

describe('undo --leave, as it is typed', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-leave-'));
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    await leaveStuck(join(folder, 'data'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function command(...args: string[]) {
    const { terminal, written } = capturedTerminal();
    const code = await run(['--data-dir', join(folder, 'data'), ...args], '0.0.0-test', terminal);
    return { code, ...written, json: args.includes('--json') ? JSON.parse(written.out) : null };
  }
  const stateNow = async () => (await command('changes', '--json')).json.changes[0].state;

  it('is refused together with --redo', async () => {
    expect(await command('undo', CHANGE, '--leave', '--redo')).toMatchObject({
      code: 64,
      error: expect.stringContaining('--redo and --leave exclude each other'),
    });
  });

  it('shows what is left and how a person takes it back, and settles nothing with --dry-run', async () => {
    const shown = await command('undo', CHANGE, '--leave', '--dry-run', '--json');
    expect(shown).toMatchObject({ code: 0, json: { id: CHANGE, state: 'stuck' } });
    expect(shown.error).toContain('Write /etc/a');
    expect(shown.error).toContain('sudo rm -- /etc/a');
    expect(await stateNow()).toBe('stuck');
  });

  it('takes no answer for a no', async () => {
    const asked = await command('undo', CHANGE, '--leave', '--json');
    expect(asked.code).toBe(2);
    expect(asked.json.error.message).toContain('could ask nobody for a yes');
    expect(await stateNow()).toBe('stuck');
  });

  it('settles it once, and says that no undo brings anything back', async () => {
    const left = await command('undo', CHANGE.slice(0, 8), '--leave', '--yes', '--json');
    expect(left).toMatchObject({ code: 0, json: { id: CHANGE, state: 'rolled-back' } });
    expect(left.error).toContain('no undo brings back what was there before');
    expect(left.error).toContain('It is settled: nothing on the node was touched.');
    expect(await stateNow()).toBe('rolled-back');
    const again = await command('undo', CHANGE, '--leave', '--yes', '--json');
    expect(again.code).toBe(2);
    expect(await stateNow()).toBe('rolled-back');
  });
});

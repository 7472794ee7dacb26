import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Machine } from '../machine.ts';
import { PROGRAM_FOLDERS } from '../machine.ts';
import { allProcesses } from './agent-processes.ts';
import { answerPause } from './answer-pause.ts';
import { pauseAgain } from './pause-again.ts';

/** An account that nobody has: processes run under the number alone. */
const UID = 61_234;
const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

let folder: string;
let machine: Machine;
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pause-'));
  chmodSync(folder, 0o777);
  machine = { stateFolder: folder, ownFolder: '/nowhere', programFolders: PROGRAM_FOLDERS, systemd: false };
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

function run(script: string): void {
  const child = spawn('/bin/sh', ['-c', script], { uid: UID, gid: UID, stdio: 'ignore', detached: true });
  children.push(child);
}

const ours = () => allProcesses().filter(({ uids }) => uids.includes(UID));

async function until(what: () => boolean): Promise<void> {
  for (let turn = 0; !what(); turn += 1) {
    if (turn > 400) throw new Error('It did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe.skipIf(!isRoot)('a pause of real processes (needs root)', () => {
  it('stops all that an account runs, also what starts others without end, and lets it go', async () => {
    const count = join(folder, 'count');
    // One that counts, one that starts others all the time, one that asks not to be stopped.
    run(`n=0; while :; do n=$((n+1)); echo $n > ${count}; done`);
    run('while :; do /bin/true & wait; done');
    run("trap '' TSTP TERM INT; while :; do sleep 0.01; done");
    await until(() => ours().length >= 3 && existsSync(count));
    const freeze = { act: 'freeze' as const, uids: [UID], units: [] };
    const answer = answerPause(machine, freeze);
    expect(answer).toMatchObject({ answer: 'pause', paused: true, loose: [], more: 0, spared: [] });
    expect(answer.still).toBeGreaterThanOrEqual(3);
    await until(() => ours().every(({ state }) => ['T', 'Z'].includes(state)));
    const before = readFileSync(count, 'utf8');
    const at = statSync(count).mtimeMs;
    expect(answerPause(machine, { act: 'state' })).toMatchObject({ paused: true, loose: [] });
    // Again: nothing is done twice, and since when stays.
    expect(answerPause(machine, freeze).since).toBe(answer.since);
    expect(readFileSync(count, 'utf8')).toBe(before);
    expect(statSync(count).mtimeMs).toBe(at);

    expect(answerPause(machine, { act: 'thaw' })).toMatchObject({ paused: false, still: 0 });
    await until(() => statSync(count).mtimeMs > at);
    expect(answerPause(machine, { act: 'thaw' })).toMatchObject({ paused: false });
    expect(answerPause(machine, { act: 'state' })).toMatchObject({ paused: false, since: null });
  });

  it('names what runs although it should stand still', async () => {
    run('sleep 1000');
    await until(() => ours().length >= 1);
    answerPause(machine, { act: 'freeze', uids: [UID], units: [] });
    run('exec sleep 2000');
    await until(() => ours().some(({ state }) => state === 'S'));
    const state = answerPause(machine, { act: 'state' });
    expect(state.loose.length).toBeGreaterThan(0);
    expect(answerPause(machine, { act: 'freeze', uids: [UID], units: [] }).loose).toEqual([]);
  });

  it('works when the note of an earlier pause is damaged, and does not guess from it', async () => {
    run('sleep 1000');
    await until(() => ours().length >= 1);
    writeFileSync(join(folder, 'paused.json'), '{');
    expect(() => answerPause(machine, { act: 'thaw' })).toThrow('cannot be read');
    expect(() => answerPause(machine, { act: 'state' })).toThrow('cannot be read');
    expect(answerPause(machine, { act: 'freeze', uids: [UID], units: [] }).still).toBeGreaterThan(0);
    expect(answerPause(machine, { act: 'thaw' })).toMatchObject({ paused: false });
  });

  it('holds agents again that start although they are paused, as after a boot, until they are let go', async () => {
    run('sleep 1000');
    await until(() => ours().length >= 1);
    answerPause(machine, { act: 'freeze', uids: [UID], units: [] });
    const kept = pauseAgain(machine, 60_000, 20);
    run('exec sleep 2000');
    await until(() => ours().length >= 2 && ours().every(({ state }) => ['T', 'Z'].includes(state)));
    answerPause(machine, { act: 'thaw' });
    expect(await kept).toBe(0);
    await until(() => ours().every(({ state }) => state !== 'T'));
  });

  /** Lets agents go, once, when another run comes to a point. */
  const thawedAt = (where: string): Machine => {
    let done = false;
    return {
      ...machine,
      pause(point) {
        if (point !== where || done) return;
        done = true;
        expect(answerPause(machine, { act: 'thaw' })).toMatchObject({ paused: false, still: 0 });
      },
    };
  };
  const allRun = () => ours().length > 0 && ours().every(({ state, stopping }) => state !== 'T' && !stopping);
  const freeze = { act: 'freeze' as const, uids: [UID], units: [] };

  it.each(['agents-seen', 'agents-stopped'])(
    'leaves nobody standing still whom a thaw let go while they were held again (%s)',
    async (point) => {
      run('sleep 1000');
      await until(() => ours().length >= 1);
      answerPause(machine, freeze);
      run('exec sleep 2000');
      await until(() => ours().some(({ state }) => state === 'S'));
      expect(await pauseAgain(thawedAt(point), 60_000, 20)).toBe(0);
      expect(allRun()).toBe(true);
    },
  );

  it('leaves nobody standing still whom a thaw let go while a freeze was under way', async () => {
    run('exec sleep 1000');
    await until(() => ours().length >= 1);
    expect(answerPause(thawedAt('agents-stopped'), freeze)).toMatchObject({ paused: false, still: 0 });
    expect(allRun()).toBe(true);
  });

  it('lets go whoever still stands when it is asked once more, and keeps a pause that came in between', async () => {
    run('exec sleep 1000');
    await until(() => ours().length >= 1);
    answerPause(machine, freeze);
    answerPause(machine, { act: 'thaw' });
    for (const { pid } of ours()) process.kill(pid, 'SIGSTOP');
    expect(answerPause(machine, { act: 'thaw' })).toMatchObject({ paused: false, still: 0 });
    expect(allRun()).toBe(true);
    answerPause(machine, freeze);
    const between: Machine = { ...machine, pause: (point) => void (point === 'agents-released' && again()) };
    const again = () => answerPause(machine, freeze);
    expect(answerPause(between, { act: 'thaw' })).toMatchObject({ paused: true, loose: [] });
    // What is still in its way to stand shows for a moment as neither.
    await until(() => ours().every(({ state }) => state === 'T'));
    answerPause(machine, { act: 'thaw' });
  });
});

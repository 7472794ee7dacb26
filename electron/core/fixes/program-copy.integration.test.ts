import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import { changed, inputFor } from '#core/checks/testing/facts-builder.ts';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { copyOf } from './program-copy.ts';

const STAND_IN = new URL('../../../e2e/fixtures/stand-in-mycoswarm/', import.meta.url).pathname;
const PYTHON = '/usr/bin/python3';
const [OLD, NEW] = [61_001, 61_002];
const canTry = process.getuid?.() === 0 && existsSync(PYTHON);

let folder = '';
beforeAll(() => {
  if (!canTry) return;
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-copy-'));
  chmodSync(folder, 0o755);
});
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** Runs a program as an account and gives what it says; ends it by its own id once it said something. */
async function firstWords(uid: number, home: string, words: readonly string[]): Promise<string> {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, {
    uid,
    gid: uid,
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  child.stderr.on('data', (data) => {
    said += data;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', () => resolve());
    child.on('error', reject);
  });
  await ended;
  return said;
}

describe('a copy of the program', () => {
  it('starts as another account while its original is closed to everybody else', async (context) => {
    if (!canTry) context.skip('needs root and /usr/bin/python3');
    const [old, home, place] = ['old', 'home', 'opt'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    execFileSync('/bin/sh', [
      '-c',
      'umask 022; mkdir -p "$1" "$2" "$3" && PYTHON=/usr/bin/python3 "$4/install.sh" "$1" venv >/dev/null && chown -R "$5:$5" "$1" && chmod 700 "$1" && cp -a "$1/mycoSwarm/venv" "$3/venv" && chown -R -h root:root "$3/venv" && chmod -R go-w "$3/venv"',
      'sh',
      old,
      home,
      place,
      STAND_IN,
      String(OLD),
    ]);
    chownSync(home, NEW, NEW);
    const facts = stockNode();
    const [instance] = facts.profile.instances;
    if (instance === undefined) throw new Error('the stock node has an installation');
    const plain = changed(facts, 'python', (value) => Object.assign(value, { environments: [] }));
    const [finding] = runChecks(inputFor(plain), { only: ['dedicated-user'] });
    if (finding === undefined) throw new Error('the check said nothing');
    const answer = copyOf({ ...inputFor(plain), finding }, { ...instance, source: null });
    if (!answer.ok) throw new Error(answer.why);
    const program = answer.copy.program.map((word) => word.replace('/opt/mycoswarm', place));
    expect(program).toEqual([`${place}/venv/bin/python3`, '-I', `${place}/venv/bin/mycoswarm`]);
    expect(await firstWords(NEW, home, [...program, 'daemon', '--help'])).toContain('--port');
    // The old one is out of its reach, so nothing of it is used; and the first line of the script still names it.
    await expect(
      firstWords(NEW, home, [`${old}/mycoSwarm/venv/bin/mycoswarm`, 'daemon', '--help']),
    ).rejects.toThrow();
  }, 60_000);

  it('is not made of what belongs to a third account, for the agent names the place of its source', () => {
    const facts = stockNode();
    const [instance] = facts.profile.instances;
    if (instance === undefined) throw new Error('the stock node has an installation');
    const answerWith = (uid: number) => {
      const owned = changed(facts, 'files', (value) => {
        for (const tree of value.trees) for (const bucket of tree.buckets) bucket.uid = uid;
      });
      const [finding] = runChecks(inputFor(owned), { only: ['dedicated-user'] });
      if (finding === undefined) throw new Error('the check said nothing');
      return copyOf({ ...inputFor(owned), finding }, instance);
    };
    expect(answerWith(instance.uid ?? -1)).toMatchObject({ ok: true });
    expect(answerWith(4_711)).toMatchObject({ ok: false, why: expect.stringContaining('another account') });
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { installHelper } from '../../electron/helper/testing/install-helper.ts';

const ROOT = join(import.meta.dirname, '../..');
const KILLED_CONSOLE = join(ROOT, 'e2e/fixes/inside/killed-console.ts');

/** Kills per test run, a quarter of them with the real helper; more on demand: `SWARMKEEP_KILLS=200`. */
const KILLS = Number(process.env.SWARMKEEP_KILLS ?? 24);

/** A busy machine gets its time. */
const LONG = 120_000 + KILLS * 20_000;

const COMPILED = mkdtempSync(join(tmpdir(), 'swarmkeep-compiled-'));
afterAll(() => rmSync(COMPILED, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-killed-'));
});
/** A test that is given up must not leave its console behind. */
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  open: number;
  last?: { id: string; state: string; purpose: string; title: string };
  present: (string | null)[];
}

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--no-warnings', KILLED_CONSOLE, folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: ROOT,
    // Most of a short life would else be compiling.
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  });
  children.add(child);
  return child;
}

/** Runs a console until it is killed. @returns what it said when it had brought to rest what was left; null when it died before */
async function runAndKill(child: ChildProcess, afterMs: number | null): Promise<Said | null> {
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
    if (said.includes('\n') && afterMs !== null) setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  const [code, signal] = await once(child, 'close');
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  const end = said.indexOf('\n');
  return end < 0 ? null : (JSON.parse(said.slice(0, end)) as Said);
}

/** The node is as the last change left it, wholly, or as it was before it, wholly; and the journal knows which. */
function expectWhole(said: Said | null): void {
  if (said === null) return;
  expect(said.open).toBe(0);
  if (said.last === undefined) return;
  const { before, after } = JSON.parse(said.last.title) as {
    before: Said['present'];
    after: Said['present'];
  };
  expect(['done', 'rolled-back', 'reverted', 'undone']).toContain(said.last.state);
  expect(said.present).toEqual(said.last.state === 'done' ? after : before);
}

/** Instants spread over what one round takes, the same in every run. */
const instant = (kill: number, span: number): number => (kill * 0.618_034 * span) % span;

describe('kill -9 of the console', () => {
  it('leaves no half-done node at any boundary', { timeout: LONG }, async () => {
    let last: Said | null = null;
    for (let at = 3; at <= 3 + 4 * KILLS; at += 4) {
      last = await runAndKill(start('fake', '', String(at)), null);
      expectWhole(last);
    }
    expect(last?.last).toBeDefined();
  });

  it(`leaves no half-done node at random instants, ${KILLS} times`, { timeout: LONG }, async () => {
    const seen = new Set<string>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const said = await runAndKill(start('fake'), instant(kill, 60));
      expectWhole(said);
      if (said?.last) seen.add(said.last.state);
    }
    expect(seen.size).toBeGreaterThan(0);
  });

  it('leaves no half-done node with the real helper', { timeout: LONG }, async (ctx) => {
    const why = whyNoTestNode();
    if (why !== null) return ctx.skip(why);
    const helper = await installHelper();
    try {
      helper.node.run('mkdir', '-p', '/etc/swarmkeep-kill');
      for (let kill = 0; kill < KILLS / 4 && !ctx.signal.aborted; kill += 1) {
        const child = start(JSON.stringify(helper.argv), helper.node.path(''));
        expectWhole(await runAndKill(child, instant(kill, 1_500)));
      }
    } finally {
      helper.close();
    }
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from '#core/checks/run.ts';
import { replayFacts } from '#core/facts/record.ts';
import { startLoopbackSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { inWords, median, report, type Series, series } from './measure.ts';
import { makeStockNode } from './stock-node.ts';
import { runWatched } from './watched-program.ts';

const CLI = new URL('../dist/cli/main.js', import.meta.url).pathname;
const FIXTURES = new URL('../e2e/fixtures/facts', import.meta.url).pathname;

async function look(args: readonly string[], peaks: number[]): Promise<number> {
  const run = await runWatched(process.execPath, [CLI, ...args]);
  if (run.code !== 1 && run.code !== 0 && run.code !== 2) throw new Error(`the look ended with ${run.code}`);
  const unseen = JSON.parse(run.stdout).findings.filter((entry: { summary: string }) =>
    /did not answer in time/.test(entry.summary),
  );
  if (unseen.length > 0)
    throw new Error('a collector ran out of time: the figure would be of a partial look');
  peaks.push(run.peakMib);
  return run.wallMs;
}

/** `lynis audit system --quick` once, when it is installed (Debian package lynis): it takes most of a minute. */
async function lynis(): Promise<Series | null> {
  if (!existsSync('/usr/sbin/lynis')) return null;
  return series(
    1,
    'ms',
    async () =>
      (await runWatched('/usr/sbin/lynis', ['audit', 'system', '--quick', '--quiet', '--no-log'])).wallMs,
    0,
  );
}

async function here(): Promise<void> {
  const node = await makeStockNode(100_000);
  try {
    const peaks: number[] = [];
    const data = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
    const ours = await series(5, 'ms', () => look(['--data-dir', data, 'check', '--json'], peaks));
    rmSync(data, { recursive: true });
    report('all checks on this machine, as root, 100,000 files in the workspace', ours, {
      atMost: 2_000,
      text: '≤ 2 s',
    });
    report(
      '    peak of the collecting process',
      { unit: 'MiB', values: peaks },
      { atMost: 150, text: '≤ 150 MB' },
    );
    const peer = await lynis();
    if (peer)
      console.log(
        `    lynis audit system --quick in the same run: ${inWords(peer)}, ratio ${(median(peer.values) / median(ours.values)).toFixed(0)} : 1`,
      );
    else console.log('    lynis is not installed (apt-get install lynis): no ratio');
    await overSsh();
  } finally {
    node.remove();
  }
}

async function overSsh(): Promise<void> {
  const sshd = await startLoopbackSshd();
  const data = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
  try {
    await sshd.allowRoot();
    const fingerprint =
      spawnSync('ssh-keygen', ['-lf', '-'], { input: sshd.hostKeyLine, encoding: 'utf8' }).stdout.split(
        ' ',
      )[1] ?? '';
    const add = [
      'node',
      'add',
      '--ssh',
      `root@127.0.0.1:${sshd.port}`,
      '--name',
      'bench',
      '--identity',
      sshd.identityFile,
      '--fingerprint',
      fingerprint,
    ];
    const added = spawnSync(process.execPath, [CLI, '--data-dir', data, ...add], { encoding: 'utf8' });
    if (added.status !== 0) throw new Error(`the node could not be added: ${added.stderr}`);
    const peaks: number[] = [];
    const ssh = await series(5, 'ms', () =>
      look(['--data-dir', data, 'check', '--node', 'bench', '--json'], peaks),
    );
    report('all checks over SSH to a local sshd, same workspace', ssh, { atMost: 3_000, text: '≤ 3 s' });
  } finally {
    rmSync(data, { recursive: true, force: true });
    await sshd.close();
  }
}

async function replayed(): Promise<void> {
  for (const file of readdirSync(FIXTURES).filter(
    (name) => name.endsWith('.json') && !name.endsWith('.expected.json'),
  )) {
    const text = readFileSync(join(FIXTURES, file), 'utf8');
    const measured = await series(20, 'ms', () => {
      const replay = replayFacts(text);
      if (!replay.ok) throw new Error(replay.error.message);
      const began = performance.now();
      runChecks({
        facts: replay.facts,
        nodeName: 'node',
        now: new Date(replay.facts.collectedAt),
        settings: DEFAULT_SETTINGS,
        declarations: [],
      });
      return performance.now() - began;
    });
    report(`recorded facts → findings, ${file}`, measured, { atMost: 50, text: '≤ 50 ms' });
  }
}

/** Figures of looking and judging. */
export async function benchChecks(): Promise<void> {
  await replayed();
  if (process.getuid?.() === 0) await here();
  else
    console.log('all checks on this machine: skipped, the measured node is made with useradd and needs root');
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blankInstance, type InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext } from '../collector.ts';
import { COLLECTORS } from '../collectors.ts';
import { seenAs } from '../profile/testing.ts';
import { filesCollector } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function contextFor(instance: Partial<InstanceProfile>): CollectContext {
  return {
    privilege: process.getuid?.() === 0 ? 'root' : 'user',
    now: new Date(),
    skewMs: 0,
    salt: 'ab'.repeat(32),
    seen: { mounts: seenAs({ mounts: [], encryptedDevices: [] }) },
    profile: {
      corrected: [],
      instances: [
        {
          ...blankInstance('a', 'by-hand'),
          uid: process.getuid?.() ?? 0,
          ...instance,
        },
      ],
    },
  };
}

function run(script: string) {
  const result = spawnSync('/bin/sh', ['-c', '/bin/sh -s | cat'], {
    input: script,
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  return {
    stdout: result.stdout,
    stderr: result.stderr.toString(),
    exitCode: result.status,
    timedOut: false,
    cut: false,
    tookMs: 1,
  };
}

const OWN = COLLECTORS.filter((collector) => collector.trip !== 1);

describe.each(OWN.map((collector) => [collector.subject, collector] as const))('%s', (_name, collector) => {
  it('runs nothing that a path of the node says, and is plain sh', () => {
    // Relative names: a command that ran would leave its file in the folder in which the script is at that moment.
    const evil = join(folder, `it's; touch owned1; "$(touch owned2)" \`touch owned3\` -exec`);
    mkdirSync(join(evil, '.config/mycoswarm/plugins/p$(touch owned4)'), { recursive: true });
    writeFileSync(join(evil, '.config/mycoswarm/plugins/p$(touch owned4)/handler.py'), 'x');
    writeFileSync(join(evil, '.config/mycoswarm/swarm-token'), '$(touch owned5)\0; touch owned6');
    mkdirSync(join(evil, 'lib/python3.11/site-packages/a$(touch owned7)-1.dist-info'), { recursive: true });
    const context = contextFor({
      id: "x'; touch owned8; '",
      home: evil,
      configurationFolder: join(evil, '.config/mycoswarm'),
      workspace: evil,
      source: evil,
      virtualEnvironment: evil,
      logFolder: evil,
      unit: "u'$(touch owned9).service",
    });
    const output = run(`cd '${folder}'\n${collector.script(context)}`);
    expect(output.stdout.subarray(-7).toString()).toBe('@end:0\0');
    expect(output.stderr).not.toMatch(/syntax error|not found|bad substitution/i);
    const found = spawnSync('find', [folder, '-name', 'owned[0-9]*'], { encoding: 'utf8' }).stdout;
    expect(found).toBe('');
    expect(collector.parse(output, context).seen).toBe(true);
  }, 60_000);
});

it('counts a hundred thousand files without sending them', () => {
  // In memory where there is a tmpfs: making the files is what takes the time, and is not what is measured.
  const workspace = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : folder, 'swarmkeep-workspace-'));
  try {
    const many = 'for d in $(seq 100); do mkdir d$d; (cd d$d && seq 1000 | xargs touch); done';
    expect(spawnSync('/bin/sh', ['-c', many], { cwd: workspace }).status).toBe(0);
    const context = contextFor({ workspace });
    const script = filesCollector.script(context);
    const began = performance.now();
    const output = run(script);
    const took = performance.now() - began;
    const result = filesCollector.parse(output, context);
    if (!result.seen) throw new Error(result.reason);
    const tree = result.value.trees[0];
    expect(tree).toMatchObject({ counted: 100_101, complete: true, linksOutCount: 0 });
    expect(tree?.buckets.find((bucket) => bucket.kind === 'file')?.count).toBe(100_000);
    expect(output.stdout.length).toBeLessThan(16_384);
    // 0.6 s where nothing else runs; the bound only catches what has become slow by an order of magnitude.
    expect(took).toBeLessThan(8_000);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}, 120_000);

it('asks nothing of a mount that hangs, and says so', () => {
  const context = contextFor({
    home: '/mnt/dead/home',
    workspace: '/mnt/dead/home/workspace',
    source: folder,
  });
  const dead = {
    path: '/mnt/dead',
    root: '/',
    source: 'nas:/x',
    type: 'nfs4',
    options: [],
    hung: true,
  };
  const seen = { mounts: seenAs({ mounts: [dead], encryptedDevices: [] }) };
  for (const collector of OWN) {
    const script = collector.script({ ...context, seen });
    expect(script, collector.subject).not.toContain('/mnt/dead');
  }
  const result = filesCollector.parse(run(filesCollector.script({ ...context, seen })), { ...context, seen });
  expect(result.seen && result.gaps.some((gap) => gap.reason.includes('/mnt/dead does not answer'))).toBe(
    true,
  );
  expect(existsSync(folder)).toBe(true);
});

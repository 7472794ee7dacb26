import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import { follow, lab, numbered, write } from '../testing/log-lab.ts';
import { safeWalk } from './safe-walk.ts';

const PYTHON = '/usr/bin/python3';

describe('what is not a log', () => {
  const waitFor = async (words: string) => {
    const gather = follow();
    await gather.until(({ follower }) => follower.status().trouble.includes(words));
    expect(gather.follower.status().state).toBe('failed');
    rmSync(lab.log, { recursive: true, force: true });
    write(0, 1);
    await gather.until(({ lines }) => lines.length === 1);
  };

  it('a pipe is not opened', async () => {
    execFileSync('mkfifo', [lab.log]);
    await waitFor('pipe');
  });

  it('a folder', async () => {
    mkdirSync(lab.log);
    await waitFor('folder');
  });

  it('a device', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root to make a device');
    execFileSync('mknod', [lab.log, 'c', '1', '5']);
    await waitFor('device');
  });

  it('a loop of links', async () => {
    symlinkSync('access.log', lab.log);
    await waitFor('loop');
  });

  it('a log that becomes a pipe, and a log again', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    renameSync(lab.log, `${lab.log}.1`);
    execFileSync('mkfifo', [lab.log]);
    await gather.until(({ follower }) => follower.status().state === 'failed');
    unlinkSync(lab.log);
    write(2, 4);
    await gather.until(({ lines }) => lines.length === 4);
    expect(gather.texts).toEqual(numbered(0, 4));
  });
});

describe('what is no rotated file', () => {
  it('is passed by, whatever its name', async () => {
    write(0, 2);
    const first = follow();
    await first.until(({ lines }) => lines.length === 2);
    const position = await first.stop();
    execFileSync('mkfifo', [`${lab.log}.1`]);
    mkdirSync(`${lab.log}.2`);
    symlinkSync('/etc/passwd', `${lab.log}.3`);
    symlinkSync('access.log.4', `${lab.log}.4`);
    renameSync(lab.log, `${lab.log}.5`);
    write(2, 3, `${lab.log}.5`);
    write(3, 5);
    const second = follow(position);
    await second.until(({ lines }) => lines.length === 3);
    await second.quiet();
    expect([second.texts, second.gaps]).toEqual([numbered(2, 5), []]);
  });

  it('a folder in the place of the log, for a while', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    renameSync(lab.log, `${lab.log}.1`);
    mkdirSync(lab.log);
    await gather.until(({ follower }) => follower.status().trouble.includes('folder'));
    write(2, 3, `${lab.log}.1`);
    rmSync(lab.log, { recursive: true });
    write(3, 5);
    await gather.until(({ lines }) => lines.length === 5);
    expect([gather.texts, gather.gaps]).toEqual([numbered(0, 5), []]);
  });
});

describe('a folder of the agent', () => {
  const agent = 65_534;
  const needsRoot = (context: TestContext) => {
    if (process.getuid?.() !== 0) context.skip('needs root to make files of another account');
  };
  const secret = () => {
    writeFileSync(`${lab.folder}/secret`, 'root:$6$secret\n', { mode: 0o600 });
    mkdirSync(`${lab.folder}/agent`);
    chownSync(`${lab.folder}/agent`, agent, agent);
    return `${lab.folder}/agent/access.log`;
  };
  const agentLinks = (target: string, path: string) =>
    execFileSync('setpriv', [
      `--reuid=${agent}`,
      `--regid=${agent}`,
      '--clear-groups',
      'ln',
      '-s',
      target,
      path,
    ]);

  it('a link of the agent is not followed, in no place of the path', async (context) => {
    needsRoot(context);
    chmodSync(lab.folder, 0o755);
    lab.log = secret();
    agentLinks('../secret', lab.log);
    const gather = follow();
    await gather.until(({ follower }) =>
      follower.status().trouble.includes('link that was made by uid 65534'),
    );
    await gather.stop();
    agentLinks('..', `${lab.folder}/agent/logs`);
    lab.log = `${lab.folder}/agent/logs/secret`;
    const second = follow();
    await second.until(({ follower }) => follower.status().state === 'failed');
    await second.quiet(200);
    expect([gather.lines, second.lines]).toEqual([[], []]);
  });

  it('another name of a file that is not the agent`s is not followed', async (context) => {
    needsRoot(context);
    lab.log = secret();
    linkSync(`${lab.folder}/secret`, lab.log);
    const gather = follow();
    await gather.until(({ follower }) => follower.status().trouble.includes('another name'));
    await gather.quiet(200);
    expect(gather.lines).toEqual([]);
  });

  it('a link of root is followed, also to another folder', async () => {
    mkdirSync(`${lab.folder}/data`);
    write(0, 2, `${lab.folder}/data/real.log`);
    symlinkSync('data', `${lab.folder}/link`);
    symlinkSync('../link/real.log', `${lab.folder}/data/access.log`);
    lab.log = `${lab.folder}/link/access.log`;
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    renameSync(`${lab.folder}/data/real.log`, `${lab.folder}/data/real.log.1`);
    write(2, 4, `${lab.folder}/data/real.log`);
    await gather.until(({ lines }) => lines.length === 4);
    expect(gather.texts).toEqual(numbered(0, 4));
  });

  it('a link of root is not read while the agent puts its own in the place of it', async (context) => {
    needsRoot(context);
    if (!existsSync(PYTHON)) context.skip(`needs ${PYTHON} to swap links fast enough`);
    chmodSync(lab.folder, 0o755);
    lab.log = secret();
    const inFolder = (name: string) => `${lab.folder}/agent/${name}`;
    writeFileSync(inFolder('real'), 'harmless\n', { mode: 0o644 });
    symlinkSync('real', lab.log);
    agentLinks('../secret', inFolder('evil'));
    // As fast as it can: its own link for a moment, and root's again.
    const swap = [
      'import os,sys',
      'os.chdir(sys.argv[1])',
      'while os.getppid() > 1:',
      '  os.rename("access.log", "kept"); os.rename("evil", "access.log")',
      '  os.rename("access.log", "evil"); os.rename("kept", "access.log")',
    ].join('\n');
    const who = [`--reuid=${agent}`, `--regid=${agent}`, '--clear-groups'];
    const swapping = spawn('setpriv', [...who, PYTHON, '-c', swap, `${lab.folder}/agent`]);
    const ended = new Promise((resolve) => swapping.once('exit', (_code, signal) => resolve(signal)));
    const reached = new Set<string>();
    for (let walks = 0; walks < 400; walks += 1) {
      const walked = await safeWalk(lab.log);
      if (walked.kind === 'there' || walked.kind === 'nothing') await walked.folder.close();
      if (walked.kind === 'there') await walked.entry.close();
      reached.add('name' in walked ? walked.name : walked.kind);
      await new Promise((resolve) => setImmediate(resolve));
    }
    swapping.kill();
    expect(await ended).toBe('SIGTERM');
    expect([reached.has('secret'), reached.has('real') || reached.has('closed')]).toEqual([false, true]);
  });
});

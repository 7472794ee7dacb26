import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
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
});

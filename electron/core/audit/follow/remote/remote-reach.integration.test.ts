import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import type { ScriptHost } from '#core/hosts/host.ts';
import { confirmHostKeys } from '#core/hosts/known-hosts.ts';
import { sshHost } from '#core/hosts/ssh.ts';
import { type LoopbackSshd, startLoopbackSshd, whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { FileFollower } from '../files/file-follower.ts';
import { Gather } from '../testing/gather.ts';
import { torture } from '../testing/torture.ts';
import { COPYING, RENAMING } from '../testing/torture-writer.ts';
import { NodeLoop } from './node-loop.ts';
import { RemoteReach } from './remote-reach.ts';

const KILLS = Number(process.env.FOLLOW_SSH_KILLS ?? 2);
/** A first connection on a busy machine. */
const CONNECT_MS = 40_000;
const reason = whyNoSshd();
const account = 'swarmkeepfollow';
let server: LoopbackSshd;
let host: ScriptHost;
let loop: NodeLoop;
let reach: RemoteReach;
let folder = '';
let log = '';
const open: Gather[] = [];
const closing: (() => Promise<void>)[] = [];

const addressOf = (user: string) =>
  ({ kind: 'ssh', host: '127.0.0.1', port: server.port, user, identityFile: server.identityFile }) as const;

beforeAll(async () => {
  if (reason) return;
  server = await startLoopbackSshd();
  await server.allowRoot();
  server.addAccount(account);
  await confirmHostKeys(server.folder, addressOf('root'), [server.hostKeyLine]);
  host = sshHost(addressOf('root'), server.folder);
  loop = new NodeLoop(host);
  reach = new RemoteReach(loop);
});
afterAll(async () => {
  await loop?.close();
  await host?.close();
  await server?.close();
});
beforeEach((context) => {
  if (reason) (context as unknown as TestContext).skip(reason);
  folder = mkdtempSync('/tmp/swarmkeep-follow-');
  chmodSync(folder, 0o755);
  log = `${folder}/it's a log.log`;
});
afterEach(async () => {
  for (const gather of open.splice(0)) await gather.stop();
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

function follow(position?: unknown, through: RemoteReach = reach): Gather {
  const gather = new Gather(new FileFollower({ reach: through, path: log, position, settleMs: 300 }));
  open.push(gather);
  return gather;
}
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `event ${from + index} of the test`);
const write = (from: number, to: number, path = log) =>
  appendFileSync(path, `${numbered(from, to).join('\n')}\n`);

describe('a log on a node', () => {
  it('is followed through renaming, packing, copying and cutting', async () => {
    write(0, 3);
    const first = follow();
    await first.until(({ lines }) => lines.length === 3, CONNECT_MS);
    renameSync(log, `${log}.1`);
    write(3, 5, `${log}.1`);
    write(5, 7);
    await first.until(({ lines }) => lines.length === 7);
    const position = await first.stop();
    write(7, 9);
    renameSync(`${log}.1`, `${log}.4`);
    writeFileSync(`${log}.2.gz`, gzipSync(readFileSync(log)));
    unlinkSync(log);
    write(9, 11, `${log}.1`);
    write(11, 12);
    const second = follow(position);
    await second.until(({ lines }) => lines.length === 5);
    copyFileSync(log, `${log}.3`);
    renameSync(`${log}.3`, `${log}.1`);
    truncateSync(log, 0);
    write(12, 13);
    await second.until(({ lines, gaps }) => lines.length >= 6 && gaps.length > 0);
    expect([...first.texts, ...second.texts]).toEqual(numbered(0, 13));
    expect(second.gaps.map(({ kind }) => kind)).toEqual(['copytruncate']);
  });

  it('is read whatever bytes are in it, and large pieces whole', async () => {
    const bytes = Buffer.from([0, 1, 2, 255, 254, 13, 10, 0xe2, 0x82, 0xac, 10]);
    writeFileSync(log, bytes);
    appendFileSync(log, `${'long '.repeat(700_000)}\n`);
    write(0, 2_000);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2_003, 20_000);
    expect(gather.texts[0]).toBe('\0\x01\x02\ufffd\ufffd');
    expect(gather.texts[1]).toBe('€');
    expect(gather.texts[2]?.length).toBe(3_500_000);
    expect(gather.texts.slice(3)).toEqual(numbered(0, 2_000));
  });

  it('goes on after the connection broke', async () => {
    const own = sshHost(addressOf('root'), server.folder);
    const ownLoop = new NodeLoop(own);
    closing.push(
      () => ownLoop.close(),
      () => own.close(),
    );
    write(0, 3);
    const gather = follow(undefined, new RemoteReach(ownLoop));
    await gather.until(({ lines }) => lines.length === 3, CONNECT_MS);
    server.cutConnections();
    write(3, 5);
    await gather.until(({ lines }) => lines.length === 5, CONNECT_MS);
    expect(gather.texts).toEqual(numbered(0, 5));
    expect(gather.gaps).toEqual([]);
  });

  it('is not sent what nobody takes: an idle follower costs one sweep a second', async () => {
    write(0, 200_000);
    const follower = new FileFollower({ reach, path: log });
    const batch = await follower.next();
    expect(batch?.lines.length).toBeGreaterThan(0);
    expect(batch?.lines.length).toBeLessThan(100_000);
    expect(follower.status().state).toBe('catching-up');
    await follower.close();
  });

  it('says why it cannot be read, and what would help', async () => {
    const own = sshHost(addressOf(account), server.folder);
    const ownLoop = new NodeLoop(own, false);
    closing.push(
      () => ownLoop.close(),
      () => own.close(),
    );
    write(0, 2);
    chmodSync(log, 0o600);
    const gather = follow(undefined, new RemoteReach(ownLoop));
    await gather.until(({ follower }) => follower.status().trouble.includes('may not read it'), CONNECT_MS);
    expect(gather.follower.status()).toMatchObject({ state: 'waiting' });
    expect(gather.follower.status().trouble).toContain('sudo without a password');
    chmodSync(log, 0o644);
    await gather.until(({ lines }) => lines.length === 2);
  });

  it('is not a pipe, and a link of the agent is not followed, in no place of the path', async () => {
    execFileSync('mkfifo', [log]);
    const pipe = follow();
    await pipe.until(({ follower }) => follower.status().trouble.includes('pipe'));
    await pipe.stop();
    mkdirSync(`${folder}/agent`);
    chownSync(`${folder}/agent`, 65_534, 65_534);
    writeFileSync(`${folder}/secret`, 'secret\n', { mode: 0o600 });
    const link = (target: string, path: string) =>
      execFileSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'ln', '-s', target, path]);
    link('../secret', `${folder}/agent/access.log`);
    link('..', `${folder}/agent/logs`);
    for (const path of [`${folder}/agent/access.log`, `${folder}/agent/logs/secret`]) {
      log = path;
      const gather = follow();
      await gather.until(({ follower }) => follower.status().trouble.includes('made by uid 65534'));
      expect(gather.lines).toEqual([]);
      await gather.stop();
    }
  });

  it('is read in the folder that was asked for and no other, by the loop itself', async () => {
    mkdirSync(`${folder}/real`);
    writeFileSync(`${folder}/real/a.log`, 'content\n');
    symlinkSync('real', `${folder}/swapped`);
    symlinkSync('a.log', `${folder}/real/link.log`);
    execFileSync('mkfifo', [`${folder}/real/pipe.log`]);
    const ask = async (order: string[]) => {
      const { body, status } = await loop.ask(order, 65_536);
      return `${body.toString('utf8').trim().slice(0, 40)}|${status.slice(0, 4)}`;
    };
    const id = (name: string) => {
      const { dev, ino } = lstatSync(`${folder}/real/${name}`);
      return `${dev}:${ino}`;
    };
    const read = (where: string, name: string) =>
      ask(['read', `${folder}/${where}`, name, id(name), '0', '100']);
    expect(await read('real', 'a.log')).toBe('content|ok 6');
    expect(await read('swapped', 'a.log')).toBe('|gone');
    expect(await read('real', 'link.log')).toBe('|gone');
    expect(await read('real', 'pipe.log')).toBe('|gone');
    expect(await ask(['read', `${folder}/real`, 'a.log', '1:1', '0', '100'])).toBe('|gone');
    expect(await ask(['list', '1', `${folder}/swapped`, 'a.log'])).toBe('= linked|ok');
  });

  it('is followed through a link of root', async () => {
    mkdirSync(`${folder}/data`);
    write(0, 2, `${folder}/data/real.log`);
    symlinkSync('data/real.log', log);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    expect(gather.texts).toEqual(numbered(0, 2));
  });

  it('is found by a pattern, with names that are no code', async () => {
    writeFileSync(`${folder}/$(touch x).log`, '');
    writeFileSync(`${folder}/b\n.log`, '');
    write(0, 1);
    const found = await reach.matches(`${folder}/*.log`, 10);
    expect(found).toEqual({ paths: [`${folder}/$(touch x).log`, log], more: false });
  });
});

describe('a node that lies', () => {
  it.for([
    ['prints garbage for ever', 'ForceCommand cat /dev/urandom'],
    ['says nothing and leaves', 'ForceCommand /bin/true'],
  ])('%s', async ([, line]) => {
    const lying = await startLoopbackSshd([line ?? '']);
    try {
      await lying.allowRoot();
      const address = { ...addressOf('root'), port: lying.port, identityFile: lying.identityFile };
      await confirmHostKeys(lying.folder, address, [lying.hostKeyLine]);
      const own = sshHost(address, lying.folder);
      const ownLoop = new NodeLoop(own);
      const gather = follow(undefined, new RemoteReach(ownLoop));
      await gather.until(({ follower }) => follower.status().trouble !== '', CONNECT_MS);
      expect(gather.follower.status().state).toBe('waiting');
      expect(gather.lines).toEqual([]);
      await gather.stop();
      await ownLoop.close();
      await own.close();
    } finally {
      await lying.close();
    }
  });
});

it.for([
  ['renames', RENAMING],
  ['copies and cuts', COPYING],
  ['does now this, now that', [...RENAMING, ...COPYING]],
] as const)(
  'loses and doubles nothing over SSH when killed at any time, with a rotation that %s',
  { timeout: 60_000 + KILLS * 8_000 },
  async ([, modes]) => {
    const seed = Number(process.env.FOLLOW_SEED ?? Date.now() % 1_000_000);
    const followerArguments = [server.folder, String(server.port), server.identityFile];
    const result = await torture({
      folder,
      kills: KILLS,
      seed,
      modes,
      followerArguments,
      lifeMs: 700,
      pace: 12,
    });
    if (process.env.FOLLOW_SSH_KILLS) process.stdout.write(`${JSON.stringify(result)}\n`);
    expect({ seed, ...result }).toMatchObject({
      lost: [],
      doubled: [],
      strange: [],
      untold: 0,
      otherGaps: [],
    });
    expect(result.told).toBeGreaterThanOrEqual(modes === COPYING ? result.copies : 0);
  },
);

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { runTrip } from '#core/facts/collect/trip.ts';
import type { TripJob } from '#core/facts/collect/trip-script.ts';
import type { ScriptHost } from './host.ts';
import { fetchHostKeys } from './host-keys.ts';
import { confirmHostKeys, forgetHostKeys } from './known-hosts.ts';
import { sshHost } from './ssh.ts';
import { freePort, type LoopbackSshd, startLoopbackSshd, whyNoSshd } from './testing/loopback-sshd.ts';

const job = (script: string, budgetMs = 5_000): TripJob => ({ script, budgetMs, maxBytes: 65_536 });

/** Is any process running whose arguments contain this text? */
function isRunning(text: string): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^[0-9]+$/.test(entry) || Number(entry) === process.pid) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'latin1').replaceAll('\0', ' ').includes(text);
    } catch {
      return false;
    }
  });
}

function readMaybe(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

async function waitUntil(condition: () => boolean, milliseconds = 5_000): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; ) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return condition();
}

describe('a node over SSH', () => {
  const reason = whyNoSshd();
  let server: LoopbackSshd;
  let address: { kind: 'ssh'; host: string; port: number; user: string; identityFile: string };
  let host: ScriptHost | undefined;

  beforeAll(async () => {
    if (reason) return;
    server = await startLoopbackSshd();
    await server.allowRoot();
    address = {
      kind: 'ssh',
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      identityFile: server.identityFile,
    };
    await confirmHostKeys(server.folder, address, [server.hostKeyLine]);
  });
  afterAll(async () => {
    await host?.close();
    await server?.close();
  });
  const needsSshd = (context: TestContext): void => {
    if (reason) context.skip(reason);
  };
  const connect = (folder = server.folder): ScriptHost => {
    host = sshHost(address, folder);
    return host;
  };
  const trip = (target: ScriptHost, jobs: TripJob[], signal?: AbortSignal) => {
    const outputs: string[] = [];
    return runTrip(target, jobs, {
      sudo: false,
      signal,
      onJob: (index, output) => {
        outputs[index] = output.stdout.toString('latin1');
      },
    }).then((result) => ({ result, outputs }));
  };

  it('runs each trip in one exec channel of one connection, and closes it', async (context) => {
    needsSshd(context);
    // A folder of this test for the socket: other connections of this machine have theirs elsewhere.
    const sockets = await mkdtemp('/tmp/sockets-');
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = sockets;
    const target = connect();
    const before = await server.countCommands();
    for (let count = 1; count <= 3; count += 1) {
      const { result, outputs } = await trip(target, [job('id -u'), job("printf 'a\\000\\377'")]);
      expect(result).toMatchObject({ ok: true, hello: { uid: 0, bySudo: false } });
      expect(outputs).toEqual(['0\n', 'a\0\xff']);
      expect(await server.countCommands()).toBe(before + count);
    }
    expect(isRunning(sockets)).toBe(true);
    await target.close();
    expect(await waitUntil(() => !isRunning(sockets))).toBe(true);
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    await rm(sockets, { recursive: true });
  });

  it('logs in for the next trip while one is answering, and ends what nobody took', async (context) => {
    needsSshd(context);
    const target = connect();
    const before = await server.countCommands();
    const logins = async (count: number) => {
      for (let tries = 0; tries < 100 && (await server.countCommands()) < before + count; tries += 1)
        await sleep(50);
      return (await server.countCommands()) - before;
    };
    const first = runTrip(target, [job('sleep 1; id -u')], {
      sudo: false,
      onHello: () => target.open?.(false),
      onJob: () => undefined,
    });
    expect(await logins(2)).toBe(2);
    expect(await first).toMatchObject({ ok: true });
    const { result, outputs } = await trip(target, [job('echo again')]);
    expect(result).toMatchObject({ ok: true, hello: { uid: 0 } });
    expect(outputs).toEqual(['again\n']);
    expect(await logins(2)).toBe(2);
    // One for root is no use for a run that is not, and a run that was cancelled takes none along.
    target.open?.(true);
    expect(await logins(3)).toBe(3);
    expect((await trip(target, [job('echo third')])).outputs).toEqual(['third\n']);
    expect(await logins(4)).toBe(4);
    await target.close();
    expect(await waitUntil(() => !isRunning(`-p ${server.port} `))).toBe(true);
  });

  it('logs in anew where the login that was ready has died', async (context) => {
    needsSshd(context);
    const target = connect();
    expect((await trip(target, [job('echo one')])).outputs).toEqual(['one\n']);
    const before = await server.countCommands();
    target.open?.(false);
    for (let tries = 0; tries < 100 && (await server.countCommands()) === before; tries += 1) await sleep(50);
    const ready = readdirSync('/proc').filter((entry) => {
      if (!/^[0-9]+$/.test(entry)) return false;
      const status = readMaybe(`/proc/${entry}/status`);
      return (
        readMaybe(`/proc/${entry}/cmdline`).includes(`\0${server.port}\0`) &&
        status.includes(`PPid:\t${process.pid}\n`)
      );
    });
    expect(ready).toHaveLength(1);
    process.kill(Number(ready[0]), 'SIGKILL');
    expect((await trip(target, [job('echo two')])).outputs).toEqual(['two\n']);
    await target.close();
  });

  it('fetches host keys without trusting them, and needs one confirmed', async (context) => {
    needsSshd(context);
    const fetched = await fetchHostKeys(address);
    expect(fetched.ok && fetched.keys.map((key) => key.line)).toEqual([server.hostKeyLine]);
    expect(fetched.ok && fetched.keys[0]?.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    const closed = await fetchHostKeys({ host: '127.0.0.1', port: await freePort() });
    const words = expect.stringContaining('no SSH server listens there');
    expect(closed).toMatchObject({ ok: false, error: { failure: 'unreachable', message: words } });
    const empty = await mkdtemp(join(tmpdir(), 'swarmkeep-empty-'));
    const target = connect(empty);
    const { result } = await trip(target, [job('id')]);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'HOST_KEY_UNCONFIRMED', failure: 'host-key-unknown' },
    });
    await target.close();
    await rm(empty, { recursive: true });
  });

  it('refuses a host that shows another key', async (context) => {
    needsSshd(context);
    const folder = await mkdtemp(join(tmpdir(), 'swarmkeep-changed-'));
    const other = readFileSync(`${server.identityFile}.pub`, 'utf8').split(' ')[1];
    const stored = await confirmHostKeys(folder, address, [
      `[127.0.0.1]:${server.port} ssh-ed25519 ${other}`,
    ]);
    expect(stored.ok).toBe(true);
    const target = connect(folder);
    const { result } = await trip(target, [job('id')]);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'HOST_KEY_CHANGED', failure: 'host-key-changed' },
    });
    await target.close();
    await forgetHostKeys(folder, address);
    const forgotten = connect(folder);
    const again = await trip(forgotten, [job('id')]);
    await forgotten.close();
    expect(again.result).toMatchObject({ ok: false, error: { failure: 'host-key-unknown' } });
    await rm(folder, { recursive: true });
  });

  it('says when the login is refused, and asks nobody for a password', async (context) => {
    needsSshd(context);
    const target = sshHost({ ...address, user: 'nobody' }, server.folder);
    const { result } = await trip(target, [job('id')]);
    expect(result).toMatchObject({ ok: false, error: { failure: 'login-refused' } });
    await target.close();
  });

  it('says when nothing listens, and when something listens but never speaks', async (context) => {
    needsSshd(context);
    const closed = sshHost({ ...address, port: await freePort() }, server.folder);
    expect((await trip(closed, [job('id')])).result).toMatchObject({
      ok: false,
      error: { code: 'NODE_UNREACHABLE', failure: 'unreachable' },
    });
    await closed.close();
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const port = (silent.address() as { port: number }).port;
    const target = sshHost({ ...address, port }, server.folder);
    const began = Date.now();
    expect((await trip(target, [job('id')])).result).toMatchObject({
      ok: false,
      error: { failure: 'timed-out' },
    });
    expect(Date.now() - began).toBeLessThan(14_000);
    await target.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('leaves no process behind when it is cancelled in the middle', async (context) => {
    needsSshd(context);
    const target = connect();
    const cancel = new AbortController();
    const jobs = [job('sleep 7311', 60_000), job('sleep 7313 | cat', 60_000)];
    const running = trip(target, jobs, cancel.signal);
    expect(await waitUntil(() => isRunning('sleep 7311') && isRunning('sleep 7313'))).toBe(true);
    cancel.abort();
    expect((await running).result).toMatchObject({ ok: false, error: { failure: 'cancelled' } });
    expect(await waitUntil(() => !isRunning('sleep 7311') && !isRunning('sleep 7313'))).toBe(true);
    await target.close();
  });

  it('says that the connection broke, and the node ends what it was doing', async (context) => {
    needsSshd(context);
    const target = connect();
    const running = trip(target, [job('sleep 7314', 60_000)]);
    expect(await waitUntil(() => isRunning('sleep 7314'))).toBe(true);
    server.cutConnections();
    expect((await running).result).toMatchObject({ ok: false, error: { failure: 'connection-lost' } });
    expect(await waitUntil(() => !isRunning('sleep 7314'))).toBe(true);
    await target.close();
  });
});

describe('a node that lies', () => {
  const reason = whyNoSshd();
  it.for([
    ['prints garbage for ever', 'ForceCommand cat /dev/urandom', 'no-shell'],
    ['prints short lines for ever', 'ForceCommand yes', 'no-shell'],
    ['prints one endless line', 'ForceCommand tr "\\\\000" a < /dev/zero', 'no-shell'],
    ['says nothing and leaves', 'ForceCommand /bin/true', 'no-shell'],
  ])('%s', async ([, line, failure], context) => {
    if (reason) context.skip(reason);
    const server = await startLoopbackSshd([line ?? '']);
    try {
      await server.allowRoot();
      const address = {
        kind: 'ssh',
        host: '127.0.0.1',
        port: server.port,
        user: 'root',
        identityFile: server.identityFile,
      } as const;
      await confirmHostKeys(server.folder, address, [server.hostKeyLine]);
      const target = sshHost(address, server.folder);
      const before = process.memoryUsage().rss;
      const result = await runTrip(target, [job('id')], { sudo: false, onJob: () => {} });
      expect(result).toMatchObject({ ok: false, error: { failure } });
      expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
      await target.close();
    } finally {
      await server.close();
    }
  });
});

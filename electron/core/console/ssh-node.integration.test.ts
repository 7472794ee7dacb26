import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import {
  freePort,
  type LoopbackSshd,
  startLoopbackSshd,
  whyNoSshd,
} from '#core/hosts/testing/loopback-sshd.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { createConsole } from './create-console.ts';
import type { ConsoleService } from './service.ts';

const NONE = undefined as never;

describe('a node over a real sshd', () => {
  const reason = whyNoSshd();
  let server: LoopbackSshd;
  let folder: string;
  let service: ConsoleService | null = null;
  let address: { kind: 'ssh'; host: string; port: number; user: string; identityFile: string };

  beforeAll(async () => {
    if (reason) return;
    server = await startLoopbackSshd();
    await server.allowRoot();
  });
  afterAll(() => server?.close());
  beforeEach((context: TestContext) => {
    if (reason) context.skip(reason);
    const { port, identityFile } = server;
    address = { kind: 'ssh', host: '127.0.0.1', port, user: 'root', identityFile };
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-ssh-'));
  });
  afterEach(async () => {
    await service?.close();
    service = null;
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<ConsoleService> {
    service = await createConsole({
      dataFolder: folder,
      shell: 'command-line',
      version: '0.1.0',
      consent: { ask: async () => false },
    });
    return service;
  }
  const known = (): string =>
    existsSync(join(folder, 'known_hosts')) ? readFileSync(join(folder, 'known_hosts'), 'utf8') : '';

  it('is added with the key that was confirmed, looked at, and judged', async () => {
    const opened = await start();
    const { keys } = await opened.nodes.hostKeys({ host: '127.0.0.1', port: server.port });
    expect(known()).toBe('');
    const node = await opened.nodes.add({
      name: 'naru',
      address,
      confirmedKeys: keys.map((key) => key.line),
    });
    expect(known()).toBe(keys.map((key) => `${key.line}\n`).join(''));
    const ended = new Promise<string>((resolve) => {
      opened.topics.progress.onDelta((state) => {
        if (state.endedAt !== null) resolve(state.state);
      });
    });
    await opened.looks.start({ nodes: [node.id] });
    expect(await ended).toBe('done');
    const findings = await opened.findings.list({ node: node.id });
    expect(findings.map((finding) => finding.check).sort()).toEqual([...CHECK_IDS].sort());
    expect(await opened.findings.get({ node: node.id, check: 'dedicated-user' })).toMatchObject({
      nodeName: 'naru',
    });

    await opened.nodes.remove({ node: node.id });
    expect(known()).not.toBe('');
    await opened.close();
    await start();
    expect(known()).toBe('');
  });

  it('is not added when it cannot be reached, and known_hosts is as it was', async () => {
    const opened = await start();
    const port = await freePort();
    const line = server.hostKeyLine.replace(`:${server.port}`, `:${port}`);
    const add = opened.nodes.add({ address: { ...address, port }, confirmedKeys: [line] });
    await expect(add).rejects.toMatchObject({ name: 'ConsoleError', code: 'NODE_UNREACHABLE' });
    expect(await opened.nodes.list(NONE)).toEqual([]);
    expect(known()).toBe('');
  });

  it('is refused when it shows another key than the confirmed one', async () => {
    const opened = await start();
    const other = readFileSync(`${server.identityFile}.pub`, 'utf8').split(' ')[1];
    const line = `[127.0.0.1]:${server.port} ssh-ed25519 ${other}`;
    const add = opened.nodes.add({ address, confirmedKeys: [line] });
    await expect(add).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED' });
    expect(known()).toBe('');
    expect(await opened.nodes.list(NONE)).toEqual([]);
  });
});

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reachConsole } from './running-console.ts';
import { listenOnSocketFile } from './socket-file.ts';

describe('a socket file', () => {
  let folder: string;
  const servers: Server[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'swarmkeep-sock-'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
    rmSync(folder, { recursive: true });
  });
  const listen = (path: string) => {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    return listenOnSocketFile(server, path);
  };

  it('is for this user alone', async () => {
    await listen(join(folder, 'console.sock'));
    expect(statSync(join(folder, 'console.sock')).mode & 0o777).toBe(0o600);
  });

  it('is left alone while somebody listens on it, and when it is no socket', async () => {
    await listen(join(folder, 'console.sock'));
    await expect(listen(join(folder, 'console.sock'))).rejects.toThrow('Another console');
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'mine');
    await expect(listen(file)).rejects.toThrow('another file');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('is not made where others can enter, through a link, or under a path that the system would cut', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o711);
    await expect(listen(join(open, 'console.sock'))).rejects.toThrow('closed to all others');
    symlinkSync(folder, join(folder, 'link'));
    await expect(listen(join(folder, 'link', 'console.sock'))).rejects.toThrow('closed to all others');
    const deep = join(folder, 'x'.repeat(90));
    mkdirSync(deep, { mode: 0o700 });
    await expect(listen(join(deep, 'console.sock'))).rejects.toThrow('too long');
  });

  it('of something that is no console counts as none, soon', async () => {
    await listen(join(folder, 'console.sock'));
    await expect(reachConsole(folder)).resolves.toBeNull();
    await expect(reachConsole(join(folder, 'nowhere'))).resolves.toBeNull();
    writeFileSync(join(folder, 'file'), '');
    await expect(reachConsole(join(folder, 'file'))).resolves.toBeNull();
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchFile, fetchText } from './download.ts';

let folder: string;
let server: Server;
let url: string;
let answer: (response: ServerResponse, accepts: string) => unknown;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-download-'));
  server = createServer((request, response) =>
    answer(response, String(request.headers['accept-encoding'] ?? '')),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/all.zip`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Ten pieces that take longer together than nothing may come. */
const SILENCE = 600;
async function slowly(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-length': 10 });
  for (let piece = 0; piece < 10; piece += 1) {
    response.write('x');
    await after(SILENCE / 5);
  }
  response.end();
}

describe('fetching', () => {
  it('takes as long as something keeps coming', async () => {
    answer = slowly;
    const file = join(folder, 'f');
    await fetchFile(url, file, { silenceMs: SILENCE });
    expect(readFileSync(file, 'utf8')).toBe('x'.repeat(10));
    expect(await fetchText(url, 100, { silenceMs: SILENCE })).toBe('x'.repeat(10));
  });

  it.each(['before', 'after'])('ends when nothing comes %s the answer began', async (when) => {
    answer = (response) => {
      if (when === 'after') response.writeHead(200, { 'content-length': 10 }).write('x');
    };
    await expect(fetchFile(url, join(folder, 'f'), { silenceMs: 100 })).rejects.toThrow(/nothing came/);
    await expect(fetchText(url, 100, { silenceMs: 100 })).rejects.toThrow(/nothing came/);
  });

  it('is called off in the middle', async () => {
    const stop = new AbortController();
    answer = (response) => {
      response.writeHead(200).write('x');
      setTimeout(() => stop.abort(), 50);
    };
    await expect(fetchText(url, 100, { signal: stop.signal })).rejects.toThrow(/called off/);
    await expect(fetchFile(url, join(folder, 'f'), { signal: stop.signal })).rejects.toThrow(/called off/);
  });

  it('takes no part that it did not ask for, and begins anew where what it has is no part any more', async () => {
    const file = join(folder, 'f');
    answer = (response) => response.writeHead(206, { 'content-length': 1 }).end('x');
    await expect(fetchFile(url, file)).rejects.toThrow(/the answer was 206/);
    writeFileSync(file, 'left');
    writeFileSync(`${file}.from`, JSON.stringify({ from: url, tag: '"a"' }));
    let times = 0;
    answer = (response) => {
      times += 1;
      response.writeHead(times === 1 ? 416 : 200).end('whole');
    };
    await fetchFile(url, file);
    expect([readFileSync(file, 'utf8'), times]).toEqual(['whole', 2]);
    // What is left of another address is nothing to go on with.
    writeFileSync(`${file}.from`, JSON.stringify({ from: `${url}x`, tag: '"a"' }));
    answer = (response) => response.end('other');
    await fetchFile(url, file);
    expect(readFileSync(file, 'utf8')).toBe('other');
  });

  it('takes no more than there can be, and asks for nothing that is packed on the way', async () => {
    answer = (response) => response.end('x'.repeat(101));
    await expect(fetchText(url, 100)).rejects.toThrow(/larger than it can be/);
    answer = (response, accepts) => {
      const packed = /gzip/.test(accepts);
      const body = packed ? gzipSync('x'.repeat(1_000)) : Buffer.from('x'.repeat(1_000));
      response.writeHead(200, {
        'content-length': body.length,
        ...(packed ? { 'content-encoding': 'gzip' } : {}),
      });
      response.end(body);
    };
    const file = join(folder, 'f');
    await fetchFile(url, file);
    expect(readFileSync(file).length).toBe(1_000);
  });
});

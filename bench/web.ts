import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openAppWindow } from './app-window.ts';
import { report, type Series, series } from './measure.ts';

const DIST = new URL('../dist', import.meta.url).pathname;
const RUNS = 5;
/** Only findings make Home say this of the sample node: neither an empty page nor one that still looks counts. */
const SENTENCE = 'The agent on sample can';

/** Start the web shell on these records. @returns its one-time link, once it is ready, and how to end it. */
function startShell(data: string, sample: boolean): Promise<{ link: string; end: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        join(DIST, 'web/main.js'),
        ...(sample ? ['--sample'] : []),
        ...['--headless', '--port', '0', '--data-dir', data],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the web shell ended before it was ready')));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const link = /Swarmkeep is ready: (\S+)/.exec(text)?.[1];
      if (link)
        resolve({
          link,
          end: async () => {
            child.kill('SIGTERM');
            await ended;
          },
        });
    });
  });
}

interface ColdStart {
  server: number;
  firstScript: number;
  painted: number;
  /** KiB of JavaScript, gzipped. */
  scripts: number;
}

/** Milliseconds from starting the server's process. @param records copied for this run; null for none and the sample node. */
async function coldStart(records: string | null): Promise<ColdStart> {
  const data = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
  if (records !== null) cpSync(records, data, { recursive: true });
  const window = await openAppWindow(SENTENCE);
  try {
    const began = Date.now();
    const shell = await startShell(data, records === null);
    const ready = Date.now();
    const page = await window.open(shell.link);
    await shell.end();
    const scripts = page.loaded.filter((path) => path.endsWith('.js'));
    const bytes = scripts.map(
      (path) => gzipSync(readFileSync(join(DIST, 'renderer', path)), { level: 9 }).length,
    );
    return {
      server: ready - began,
      firstScript: page.firstScript - began,
      painted: page.painted - began,
      scripts: bytes.reduce((sum, length) => sum + length, 0) / 1024,
    };
  } finally {
    await window.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Milliseconds until Chromium has painted a page of one heading from a server that is up: no start of ours beats that. */
async function chromiumAlone(): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>Swarmkeep</title><h1>${SENTENCE}</h1>`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const window = await openAppWindow(SENTENCE);
  try {
    const began = Date.now();
    const { painted } = await window.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return painted - began;
  } finally {
    await window.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Records of a console that has looked once. */
async function makeRecords(): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
  const shell = await startShell(data, true);
  await pause(4_000);
  await shell.end();
  return data;
}

/** Figures of the web shell: from nothing running to the first sentence, and the weight of the first page. */
export async function benchWeb(): Promise<void> {
  const part = (values: number[]): Series => ({ unit: 'ms', values });
  const promised = { atMost: 1_000, text: '≤ 1 s' };
  const records = await makeRecords();
  try {
    for (const [name, from] of [
      ['cold start of the web shell, with the records of before', records],
      ['the very first start of the web shell, which looks at the sample node first', null],
    ] as const) {
      const runs: ColdStart[] = [];
      const painted = await series(RUNS, 'ms', async () => {
        const run = await coldStart(from);
        runs.push(run);
        return run.painted;
      });
      const counted = runs.slice(-RUNS);
      report(
        `${name}: from its process to the sentence painted, all of the page with it (an app window of Chromium is open and idle)`,
        painted,
        promised,
        `load of the machine ${loadavg()[0]?.toFixed(1)}`,
      );
      report('    of which: the server is ready', part(counted.map(({ server }) => server)), null);
      report(
        '    of which: and Chromium runs the first script of the page',
        part(counted.map(({ firstScript }) => firstScript)),
        null,
      );
      report(
        '    JavaScript of the first page, gzipped',
        { unit: 'KiB', values: counted.map(({ scripts }) => scripts) },
        { atMost: 230_000 / 1024, text: '≤ 230 KB' },
      );
    }
  } finally {
    rmSync(records, { recursive: true, force: true });
  }
  report(
    'Chromium alone: a page of one heading, no script, from a server that is up',
    await series(RUNS, 'ms', chromiumAlone),
    null,
  );
}

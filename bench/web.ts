import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright';
import { report, series } from './measure.ts';

const DIST = new URL('../dist', import.meta.url).pathname;
const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Start the web shell with the sample node. @returns its one-time link, once it is ready, and how to end it. */
function startShell(data: string): Promise<{ link: string; end: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(DIST, 'web/main.js'), '--headless', '--sample', '--port', '0', '--data-dir', data],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.once('error', reject);
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

/** Milliseconds from starting the server to the first page that says how things are. */
async function coldStart(): Promise<{ server: number; paint: number; scripts: number }> {
  const data = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-'));
  const browser = await chromium.launch({ executablePath: BROWSER, args: QUIET });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    let scripts = 0;
    page.on('response', (response) => {
      const name = new URL(response.url()).pathname;
      if (name.endsWith('.js'))
        scripts += gzipSync(readFileSync(join(DIST, 'renderer', name)), { level: 9 }).length;
    });
    const began = performance.now();
    const shell = await startShell(data);
    const ready = performance.now();
    await page.goto(shell.link, { waitUntil: 'commit' });
    await page.locator('h1').first().waitFor();
    const painted = performance.now();
    await shell.end();
    return { server: ready - began, paint: painted - began, scripts };
  } finally {
    await browser.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Figures of the web shell: from nothing running to the first sentence, and the weight of the first page. */
export async function benchWeb(): Promise<void> {
  const scripts: number[] = [];
  const servers: number[] = [];
  const paints = await series(5, 'ms', async () => {
    const run = await coldStart();
    scripts.push(run.scripts / 1024);
    servers.push(run.server);
    return run.paint;
  });
  report(
    'cold start of the web shell to the first sentence on the page (server and page, browser open)',
    paints,
    { atMost: 1_000, text: '≤ 1 s' },
  );
  report(
    '    of which the server until it is ready',
    { unit: 'ms', values: servers },
    { atMost: 1_000, text: 'part of it' },
  );
  report(
    'JavaScript of the first page, gzipped',
    { unit: 'KiB', values: scripts },
    { atMost: 230_000 / 1024, text: '≤ 230 KB' },
  );
}

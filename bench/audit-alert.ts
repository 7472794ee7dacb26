import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import { createApi } from '#core/api/router.ts';
import { createConsole } from '#core/console/create-console.ts';
import { readPageFiles } from '../electron/web/page-files.ts';
import { startWebShell } from '../electron/web/web-shell.ts';
import { alertLine, benchRules, lineOf } from './audit-lines.ts';
import { median, report } from './measure.ts';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Alerts that are waited for, one after the other, in each stretch; fewer with AUDIT_BENCH_ALERTS. */
const ALERTS = Number(process.env.AUDIT_BENCH_ALERTS ?? 200);
const BACKGROUND = 5_000;
/** Milliseconds after which an alert counts as never shown. */
const LONGEST = 10_000;

/** Milliseconds since 1970 by the clock that the page has too. */
const now = (): number => performance.timeOrigin + performance.now();

/** A console that follows one log of this computer, behind the web shell with the built page. */
async function startFollowing(folder: string, log: string) {
  const data = join(folder, 'data');
  mkdirSync(join(data, 'rules'), { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'rules', 'bench.yml'), benchRules(2 * ALERTS));
  const consent = { ask: async () => false };
  const service = await createConsole({
    ...{ dataFolder: data, shell: 'web', version: '0', consent, schedule: false, watching: true },
  });
  const errors = { error: () => undefined };
  const api = createApi({ service, consent, log: errors });
  const built = process.env.SWARMKEEP_PAGE ?? join(import.meta.dirname, '..', 'dist', 'renderer');
  const page = readPageFiles(built);
  const shell = await startWebShell({ api, page, listen: { kind: 'port', port: 0 }, log: errors });
  const { id: node } = await service.nodes.add({
    address: { kind: 'local' },
    confirmedKeys: [],
    name: 'here',
  });
  while (!(await service.audit?.state(undefined))?.watching) await pause(100);
  const source = await service.audit?.addSource({ node, target: { kind: 'file', path: log } });
  // Nothing but that log, whatever this computer has.
  for (const other of (await service.audit?.sources({})) ?? [])
    if (other.id !== source?.id) await service.audit?.setSource({ source: other.id, paused: true });
  return {
    link: () => shell.freshLink(),
    async close() {
      api.close();
      await shell.close();
      await service.close();
    },
  };
}

/** Runs in the page: notes when a frame is done that shows so many alerts. */
function watchForAlerts(): void {
  const seen: number[] = [];
  Object.assign(globalThis, { alertsSeen: seen });
  let count = 0;
  let asked = false;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const at = performance.timeOrigin + performance.now();
    asked = false;
    const shown = document.querySelectorAll('.alerts [data-alert]').length;
    for (; count < shown; count += 1) seen[count] = at;
  };
  const ask = () => {
    if (asked || document.querySelectorAll('.alerts [data-alert]').length <= count) return;
    asked = true;
    // A message that is sent in a frame arrives when that frame is done.
    requestAnimationFrame(() => port2.postMessage(null));
  };
  const column = document.querySelector('.alerts');
  if (column !== null) new MutationObserver(ask).observe(column, { childList: true, subtree: true });
}

/** @returns when a frame with so many alerts was done; infinite when it never was */
async function shownAt(page: Page, alerts: number): Promise<number> {
  const wait = (wanted: number) =>
    (globalThis as unknown as { alertsSeen: number[] }).alertsSeen[wanted - 1] ?? false;
  try {
    const seen = await page.waitForFunction(wait, alerts, { timeout: LONGEST, polling: 50 });
    return (await seen.jsonValue()) as number;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Raises alerts one after the other. @returns milliseconds until each was on the page, in order of size */
async function raise(page: Page, log: string, from: number): Promise<number[]> {
  const times: number[] = [];
  for (let alert = from; alert < from + ALERTS; alert += 1) {
    await pause(40 + Math.random() * 60);
    const began = now();
    appendFileSync(log, `${alertLine(alert).line}\n`);
    times.push((await shownAt(page, alert + 1)) - began);
  }
  return times.sort((a, b) => a - b);
}

/** From a line that is appended to a log until a browser has drawn the alert about it, with and without other lines. */
export async function benchAuditAlert(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-alert-'));
  const log = join(folder, 'tool.log');
  writeFileSync(log, '');
  let browser: Browser | null = null;
  let running: Awaited<ReturnType<typeof startFollowing>> | null = null;
  let background: NodeJS.Timeout | undefined;
  try {
    running = await startFollowing(folder, log);
    browser = await chromium.launch({
      executablePath: BROWSER,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    });
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
    await page.goto(running.link());
    await page.waitForSelector('main');
    await page.evaluate(() => {
      window.location.hash = '/audit';
    });
    await page.waitForSelector('.alerts');
    await page.evaluate(watchForAlerts);
    await pause(1_000);
    const alone = await raise(page, log, 0);
    let number = 0;
    background = setInterval(() => {
      const lines = Array.from({ length: BACKGROUND / 50 }, () => lineOf(number++));
      appendFileSync(log, `${lines.join('\n')}\n`);
    }, 20);
    await pause(1_000);
    const before = process.cpuUsage();
    const beside = await raise(page, log, ALERTS);
    const { user, system } = process.cpuUsage(before);
    for (const [name, times] of [
      ['nothing besides', alone],
      [`${BACKGROUND} events/s besides`, beside],
    ] as const)
      report(
        `line appended → alert drawn by the browser, ${name}, 99th percentile of ${ALERTS}`,
        { unit: 'ms', values: [times[Math.floor(times.length * 0.99)] ?? Number.NaN] },
        { atMost: 250, text: '≤ 250 ms' },
        `median ${median(times).toFixed(1)} ms, longest ${times.at(-1)?.toFixed(0)} ms; load of the machine ${loadavg()[0]?.toFixed(1)}`,
      );
    console.log(
      `    ${((user + system) / 1_000 / ALERTS).toFixed(1)} ms of the console’s processor time for each, all threads`,
    );
  } finally {
    clearInterval(background);
    await browser?.close();
    await running?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright';
import { startDouble } from '../e2e/web/double/serve-double.ts';
import { median, report } from './measure.ts';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SECONDS = 8;

/** What one stretch of time was like in the page. */
interface Stretch {
  /** Milliseconds between frames, in their order. */
  frames: number[];
  /** Milliseconds of the tasks of the page's main thread that took more than 50 ms (W3C Long Tasks). */
  tasks: number[];
  /** Milliseconds of processor time that the page's main thread took for each frame. */
  work: number;
}

/**
 * Figures of the Audit page in a real browser over the real web shell, fed by the console double: frames while 10,000
 * events a second come in, and while somebody scrolls through 1.2 million.
 */
export async function benchAuditPage(): Promise<void> {
  const running = await startDouble('knocking');
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(running.shell.freshLink());
    await page.waitForSelector('main');
    await page.evaluate(() => {
      window.location.hash = '/audit';
    });
    await page.waitForSelector('.log__scroll .row');

    const worked = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
    };
    const measure = async (each: string): Promise<Stretch> => {
      const before = await worked();
      const { frames, tasks } = await page.evaluate(framesFor, { seconds: SECONDS, each });
      return { frames, tasks, work: ((await worked()) - before) / Math.max(1, frames.length) };
    };
    await pause(1_500);
    const idle = await measure('');
    const end = running.double.watched.flood(10_000);
    await pause(1_500);
    const flooded = await measure('');
    end();
    const left = await page.evaluate(
      () => document.querySelector('.log-foot__rate strong')?.textContent ?? '0 not shown',
    );
    await pause(1_000);
    const scrolled = await measure('scroll');
    const load = `load of the machine ${loadavg()[0]?.toFixed(1)}`;
    for (const [name, stretch] of [
      ['Audit page at rest', idle],
      ['Audit page, live tail at 10,000 events/s', flooded],
      ['Audit page, scrolling back through 1.2 million events, 20 rows a frame', scrolled],
    ] as const) {
      const sorted = [...stretch.frames].sort((a, b) => a - b);
      report(
        `${name}: between two frames, median`,
        { unit: 'ms', values: [median(stretch.frames)] },
        { atMost: 17.5, text: '60 a second' },
        load,
      );
      report(
        '    longest',
        { unit: 'ms', values: [sorted.at(-1) ?? 0] },
        { atMost: 50, text: '≤ 50 ms' },
        ofLate(stretch),
      );
      report(
        '    processor time of the page’s main thread for a frame',
        { unit: 'ms', values: [stretch.work] },
        null,
      );
    }
    console.log(`    said on the page after ${SECONDS + 1.5} s: ${left}`);
  } finally {
    await browser.close();
    await running.close();
  }
}

/** What tells a page that is slow from a machine that has no time for it. */
function ofLate({ frames, tasks }: Stretch): string {
  const late = frames.filter((ms) => ms > 50).length;
  const own = tasks.map((ms) => ms.toFixed(0)).join(', ');
  return `${late} of ${frames.length} frames over 50 ms; tasks of the page over 50 ms: ${own === '' ? 'none' : `${own} ms`}`;
}

/** Runs in the page. @returns milliseconds between frames, and of long tasks */
function framesFor({ seconds, each }: { seconds: number; each: string }): Promise<{
  frames: number[];
  tasks: number[];
}> {
  return new Promise((done) => {
    const times: number[] = [];
    const tasks: number[] = [];
    const watch = new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration));
    });
    watch.observe({ type: 'longtask' });
    const began = performance.now();
    const list = document.querySelector('.log__scroll');
    const frame = (now: number) => {
      times.push(now);
      if (each === 'scroll') list?.scrollBy(0, -20 * 28);
      if (now - began < seconds * 1_000) requestAnimationFrame(frame);
      else {
        watch.disconnect();
        done({ frames: times.slice(1).map((time, index) => time - (times[index] ?? time)), tasks });
      }
    };
    requestAnimationFrame(frame);
  });
}

import type { Page } from '@playwright/test';
import { violationsOf } from './axe.ts';
import { expect as expectOf } from './fixture.ts';

/** Ten thousand events are made for each console, on a machine that may be shared. */
export const expect = expectOf.configure({ timeout: 20_000 });

/** The twelve minutes in which naru knocks. */
export const CHOSEN = '/audit?from=2026-11-21T22:29:00.000Z&to=2026-11-21T22:41:00.000Z';
export const rows = (page: Page) => page.locator('.log__scroll .row');
export const list = (page: Page) => page.locator('.log__scroll');

/** Fails for anything that axe knows. @param where named in the failure */
export async function isClean(page: Page, where: string): Promise<void> {
  const violations = await violationsOf(page);
  expect(
    violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
}

/** The number of the first event that is in the window. */
export async function firstSeen(page: Page): Promise<number> {
  return list(page).evaluate((element) => {
    const top = element.getBoundingClientRect().top;
    const seen = [...element.querySelectorAll<HTMLElement>('.row[data-item]')].filter(
      (row) => row.getBoundingClientRect().bottom > top + 1,
    );
    return Math.min(...seen.map((row) => Number(row.dataset.item)));
  });
}

/**
 * Milliseconds that the page's main thread works for one frame, mean of two seconds: processor time, which other programs on a busy
 * machine do not make longer as they do the time between frames.
 */
export async function workOfFrame(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await worked();
  const frames = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const began = performance.now();
        let drawn = 0;
        const frame = (now: number) => {
          drawn += 1;
          if (now - began < 2_000) requestAnimationFrame(frame);
          else done(drawn);
        };
        requestAnimationFrame(frame);
      }),
  );
  const seconds = (await worked()) - before;
  await session.detach();
  return (seconds * 1_000) / frames;
}

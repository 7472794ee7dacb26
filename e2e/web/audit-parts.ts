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

/** Milliseconds between two frames, median of two seconds. */
export async function frameTimes(page: Page): Promise<number> {
  const times = await page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        const seen: number[] = [];
        const began = performance.now();
        const frame = (now: number) => {
          seen.push(now);
          if (now - began < 2_000) requestAnimationFrame(frame);
          else done(seen.slice(1).map((time, index) => time - (seen[index] ?? time)));
        };
        requestAnimationFrame(frame);
      }),
  );
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

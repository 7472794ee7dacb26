import type { Page } from '@playwright/test';
import axe, { type Result } from 'axe-core';

/**
 * What axe has against the page as it stands; every rule, or those with one of the tags. axe is put into a page once and asked
 * in it, and it describes nothing but violations: asked through another page of the browser, for all that it tried, it
 * takes three times as long.
 * @throws Error when the page has frames, into which it would not look
 */
export async function violationsOf(page: Page, tags?: readonly string[]): Promise<Result[]> {
  if (page.frames().length > 1) throw new Error('axe does not look into the frames of this page');
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async (only) => {
      // A colour half-way between two themes is nobody's colour.
      const passing = document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
      await Promise.allSettled(passing.map((one) => one.finished));
      const there = (window as unknown as { axe: typeof axe }).axe;
      const rules = only === undefined ? {} : { runOnly: { type: 'tag' as const, values: only } };
      const { violations } = await there.run(document, { ...rules, resultTypes: ['violations'] });
      // Elements themselves do not leave the page.
      return JSON.parse(JSON.stringify(violations)) as Result[];
    },
    tags === undefined ? undefined : [...tags],
  );
}

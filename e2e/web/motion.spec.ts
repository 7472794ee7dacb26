import type { Page } from '@playwright/test';
import { expect, test } from './fixture.ts';

/** The other tests ask for less motion, so that nothing has to be waited for; here things move. */
test.use({ contextOptions: { reducedMotion: 'no-preference' } });

/** How long what unfolds and fades takes, in seconds: `--unfold` of the page. */
const UNFOLD_S = 0.18;

/** From now on, notes every motion that came to its end, and how long it was. */
async function noteMotions(page: Page): Promise<() => Promise<[name: string, seconds: number][]>> {
  const kept = await page.evaluateHandle(() => {
    const ended: [string, number][] = [];
    document.addEventListener('transitionend', (event) =>
      ended.push([event.propertyName, event.elapsedTime]),
    );
    document.addEventListener('animationend', (event) =>
      ended.push([event.animationName, event.elapsedTime]),
    );
    return ended;
  });
  return () => kept.jsonValue();
}

test('what unfolds, opens and is told moves, comes to its end, and goes again', async ({ page, open }) => {
  await open('house', '/dependencies');
  const row = page.getByRole('button', { name: /^mycelium-crypto/ });
  await expect(row).toBeVisible();
  const ended = await noteMotions(page);
  const inside = page.getByText('Asked for by');

  await row.click();
  await expect.poll(ended).toContainEqual(['grid-template-rows', UNFOLD_S]);
  await expect(inside).toBeInViewport();
  await row.press('Escape');
  await expect(inside).toHaveCount(0);

  await row.click();
  await page.getByRole('button', { name: 'Accept for a while…' }).click();
  const dialog = page.getByRole('dialog');
  await expect.poll(ended).toContainEqual(['dialog-in', UNFOLD_S]);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: 'Accept for a while…' }).click();
  await dialog.getByLabel('Why').fill('Only used on loopback.');
  await dialog.getByRole('button', { name: 'Accept it' }).click();
  await expect.poll(ended).toContainEqual(['toast-in', UNFOLD_S]);
  await expect(page.getByRole('status').getByText('is accepted for a while')).toBeVisible();
  await page.getByRole('button', { name: 'Close this message' }).click();
  await expect(page.getByText('is accepted for a while')).toHaveCount(0);
});

test('what is half unfolded stays where it is when somebody asks to see it, and can be pressed', async ({
  page,
  open,
}) => {
  // All of it in sight, so that only what unfolds could scroll.
  await page.setViewportSize({ width: 1_280, height: 1_200 });
  await open('house', '/dependencies');
  const row = page.getByRole('button', { name: /^mycelium-crypto/ });
  await expect(row).toBeVisible();
  // A minute, in which it is held where half of the button is to be seen.
  await page.evaluate(() => document.documentElement.style.setProperty('--unfold', '60s'));
  await row.click();
  const button = page.getByRole('button', { name: 'Accept for a while…' });
  const seen = await button.evaluate((element) => {
    const part = element.closest('.unfold');
    const inner = element.closest('.unfold__inner');
    if (part === null || inner === null) throw new Error('The button is not in what unfolds.');
    const motions = part.getAnimations() as CSSTransition[];
    for (const motion of motions) motion.pause();
    const rows = motions.find(({ transitionProperty }) => transitionProperty === 'grid-template-rows');
    if (rows === undefined) throw new Error('Nothing unfolds.');
    const edge = () => inner.getBoundingClientRect().bottom;
    const { left, top, bottom } = element.getBoundingClientRect();
    let [early, late] = [0, 60_000];
    while (late - early > 10) {
      const middle = (early + late) / 2;
      rows.currentTime = middle;
      if (edge() < (top + bottom) / 2) early = middle;
      else late = middle;
    }
    return { left, top, bottom, edge: edge() };
  });
  expect(seen.edge).toBeGreaterThan(seen.top + 4);
  expect(seen.edge).toBeLessThan(seen.bottom - 4);
  const top = await button.evaluate((element) => {
    element.focus();
    element.scrollIntoView({ block: 'nearest' });
    return element.getBoundingClientRect().top;
  });
  expect(top).toBe(seen.top);
  await page.mouse.click(seen.left + 12, seen.top + 4);
  await expect(page.getByRole('dialog')).toBeVisible();
});

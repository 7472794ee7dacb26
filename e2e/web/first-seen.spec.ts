import { violationsOf } from './axe.ts';
import { expect, test } from './fixture.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

test('what was never here before, and what is still being learnt', async ({ page, open }) => {
  await open('knocking', '/audit?q=');
  await page.getByRole('link', { name: 'What was never here before' }).click();
  await expect(page.getByRole('heading', { name: 'Never here before' })).toBeVisible();
  await expect(page.getByText('Most of what is usual is learnt.')).toBeVisible();
  const learnt = page.getByRole('list', { name: 'What is usual' });
  const boa = learnt.getByRole('listitem').filter({ hasText: 'boa' });
  await expect(boa.getByRole('progressbar', { name: 'Learning programs' })).toHaveAttribute(
    'aria-valuetext',
    '1 day left',
  );
  const naru = learnt.getByRole('listitem').filter({ hasText: 'naru' });
  await expect(naru.getByText('told since')).toHaveCount(4);
  // What no log tells of is never "learnt".
  const uncho = learnt.getByRole('listitem').filter({ hasText: 'uncho' });
  await expect(uncho.getByText('no log says')).toHaveCount(2);
  await page.getByRole('list', { name: 'Newcomers' }).getByRole('link').first().press('Enter');
  await expect(page.getByRole('heading', { name: 'A command that was never run before' })).toBeVisible();
});

test('nothing is learnt yet', async ({ page, open }) => {
  await open('evening', '/audit?view=new');
  await expect(page.getByText('Nothing is learnt yet')).toBeVisible();
  await expect(page.getByText('None so far.')).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1_280, 900]) {
    test(`what was never here before is clean for axe and fits ${width} pixels in ${theme}`, async ({
      page,
      open,
    }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await open('knocking', '/audit?view=new');
      await expect(page.getByRole('list', { name: 'What is usual' })).toBeVisible();
      const violations = await violationsOf(page, TAGS);
      expect(
        violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target).join(' ')}`),
      ).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
    });
  }
}

import { expect, test } from './fixture.ts';

test.describe('Palette', () => {
  test('goes to a page, a node and a check by name', async ({ page, open }) => {
    await open('evening');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('settings');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/settings/);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('swarm secret');
    await page.keyboard.press('Enter');
    await expect(page.getByText('0644, readable by everyone')).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('node naru');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/node=naru/);
  });

  test('looks now and changes the theme', async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open('evening', '/nodes');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('dark theme');
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('look at all');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('progressbar').first()).toBeVisible();
  });

  test('says when nothing has that name, and closes by Escape', async ({ page, open }) => {
    await open('evening');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('xyzzy');
    await expect(page.getByText('Nothing has that name.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
});

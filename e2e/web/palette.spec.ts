import type { Page } from '@playwright/test';
import { expect, test } from './fixture.ts';

/** Open the palette, type, and wait until what was looked for is the chosen entry. */
async function find(page: Page, words: string, entry: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(words);
  await expect(page.locator('[cmdk-item][data-selected="true"]')).toHaveText(entry);
}

test.describe('Palette', () => {
  test('goes to a page, a node and a check by name', async ({ page, open }) => {
    await open('evening');
    await find(page, 'settings', /Settings/);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/settings/);
    await find(page, 'swarm secret', /swarm-secret/);
    await page.keyboard.press('Enter');
    await expect(page.getByText('0644, readable by everyone')).toBeVisible();
    await find(page, 'node naru', /naru/);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/node=naru/);
  });

  test('looks now and changes the theme', async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open('evening', '/nodes');
    await find(page, 'dark theme', /dark theme/);
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await find(page, 'look at all', /Look at all/);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('progressbar').first()).toBeVisible();
  });

  test('says when nothing has that name, and closes by Escape', async ({ page, open }) => {
    await open('evening');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('xyzzy');
    await expect(page.getByText('Nothing has that name.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
});

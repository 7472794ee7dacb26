import { readFile } from 'node:fs/promises';
import { expect, list, rows } from './audit-parts.ts';
import { test } from './fixture.ts';

test.describe.configure({ timeout: 180_000 });

test.describe('the query', () => {
  test('is completed, marks a mistake, and becomes chips', async ({ page, open }) => {
    await open('knocking', '/audit');
    await expect(rows(page).first()).toBeVisible();
    await page.keyboard.press('/');
    await expect(page.getByRole('combobox', { name: 'Query' })).toBeFocused();
    await page.keyboard.type('Destination');
    await expect(page.getByRole('option', { name: /DestinationIp:/ })).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('option', { name: '203.0.113.50' })).toBeVisible();
    await page.keyboard.type('203');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByText('DestinationIp: 203.0.113.50')).toBeVisible();
    await expect(page.getByText('214 events')).toBeVisible();
    await page.keyboard.type('(tcp');
    await expect(page.getByText('This “(” is not closed.')).toBeVisible();
    await expect(page.locator('.query__ghost mark')).toBeVisible();
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await expect(page.getByText('DestinationIp: 203.0.113.50')).toHaveCount(0);
  });

  test('is kept under a name and found again', async ({ page, open }) => {
    await open('knocking', '/audit?q=node:miu');
    await page.getByRole('button', { name: 'Kept searches' }).click();
    await page.getByRole('menuitem', { name: 'Keep this search…' }).click();
    await page.getByLabel('Name').fill('All of miu');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('button', { name: 'Kept searches' }).click();
    await page.getByRole('menuitem', { name: /What was stopped/ }).click();
    await expect(page.getByText('Outcome: stopped')).toBeVisible();
    await page.getByRole('button', { name: 'Kept searches' }).click();
    await page.getByRole('menuitem', { name: /All of miu/ }).click();
    await expect(page).toHaveURL(/q=node%3Amiu/);
  });

  test('of which nothing fits says so, and leads back to everything', async ({ page, open }) => {
    await open('knocking', '/audit?q=no_such_word');
    await expect(page.getByText('No event fits these words and this time.')).toBeVisible();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await expect(rows(page).first()).toBeVisible();
  });

  test('a stretch of time is drawn, moved by keys, and given up', async ({ page, open }) => {
    await open('knocking', '/audit');
    await expect(page.getByText('9,939 events')).toBeVisible();
    const plot = page.locator('.bars__canvas');
    const box = await plot.boundingBox();
    if (!box) throw new Error('no bars');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 30, { steps: 6 });
    await page.mouse.up();
    await expect(page.getByText(/from 21:57 to 22:12/)).toBeVisible();
    await expect(list(page)).toHaveAttribute('data-mode', 'range');
    const edge = page.getByRole('slider', { name: 'End of the chosen time' });
    await edge.focus();
    await page.keyboard.press('PageUp');
    await expect(page.getByText(/from 21:57 to 22:17/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByText('9,939 events')).toBeVisible();
    await expect(list(page)).toHaveAttribute('data-mode', 'following');
  });

  test('what takes long to count says that it is not all, and is counted when asked', async ({
    page,
    open,
  }) => {
    await open('knocking', '/audit?q=NOT%20slow');
    await expect(page.getByText('not all is counted yet')).toBeVisible();
    await expect(page.getByText(/^At least/)).toBeVisible();
    await page.getByRole('button', { name: 'Count all of it' }).click();
    await expect(page.getByText('not all is counted yet')).toHaveCount(0);
    await expect(page.getByText('9,939 events')).toBeVisible();
    await expect(page.getByText(/^At least/)).toHaveCount(0);
  });

  test('what lies far back is looked for until it is there', async ({ page, open }) => {
    // One answer of this console looks at four hundred events, and what is meant begins thousands further back.
    await open('knocking', '/audit?q=NOT%20slow%20at:%3C2026-11-21T21:42:00Z');
    await expect(page.locator('.log__item').first()).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('No event fits')).toHaveCount(0);
  });

  test('what is selected leaves as a file', async ({ page, open }) => {
    await open('knocking', '/audit?q=Outcome:stopped');
    await expect(page.getByText('214 events')).toBeVisible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export what is selected as JSON lines' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(214);
    await expect(page.getByText(/Saved 214 events/)).toBeVisible();
  });
});

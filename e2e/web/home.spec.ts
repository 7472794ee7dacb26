import { gzipSync } from 'node:zlib';
import { expect, test } from './fixture.ts';

/** What the first page may carry of JavaScript, gzipped. */
const FIRST_PAGE_BYTES = 230 * 1_024;

test('says how things are and leads to the one next action', async ({ page, open }) => {
  await open('evening');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Two doors are open/);
  await expect(page.getByText('2 to fix', { exact: true }).first()).toBeVisible();
  await expect(page.locator('.button--filled')).toHaveCount(1);
  await page.getByRole('link', { name: 'See how to fix it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/boa answers on every network/);
  await expect(page).toHaveTitle(/^Setup · .* · Swarmkeep$/);
});

test('puts every node on a step and names the weakest', async ({ page, open }) => {
  const { scenario } = await open('evening');
  for (const node of scenario.nodes) {
    await expect(
      page.locator('.stairs').getByRole('link', { name: new RegExp(`^${node.name}`) }),
    ).toBeVisible();
  }
  await expect(page.getByText(', the weakest')).toHaveCount(1);
  await expect(page.locator('.stairs').getByText('no answer')).toBeVisible();
});

test('holds the stairs together with very many nodes', async ({ page, open }) => {
  await open('thousand');
  await expect(page.locator('.node-chip')).toHaveCount(5);
  await expect(page.getByRole('link', { name: '36 more' })).toBeVisible();
});

test('keeps the chosen node from page to page', async ({ page, open }) => {
  await open('evening');
  await page.getByRole('button', { name: /Choose another/ }).click();
  await page.getByRole('menuitem', { name: /naru/ }).click();
  await expect(page.getByRole('heading', { name: 'Where naru stands' })).toBeVisible();
  await page.getByRole('link', { name: 'Checks', exact: false }).first().click();
  await expect(page).toHaveURL(/#\/checks\?node=naru/);
});

test('works by keys alone', async ({ page, open }) => {
  await open('evening');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/#\/nodes/);
  await expect(page.locator('main')).toBeFocused();
});

test('looks at all nodes, shows how far it is, and stops when told to', async ({ page, open }) => {
  const { double } = await open('evening');
  double.looking.end = false;
  await page.getByRole('button', { name: 'Look now' }).click();
  await expect(page.getByRole('progressbar').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).first().click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
});

test('loads its own fonts, and no more JavaScript than it may', async ({ page, open }) => {
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (answer) => {
    if (answer.url().endsWith('.js')) scripts.push(answer.body());
  });
  await open('evening');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const bodies = await Promise.all(scripts);
  const bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  expect(bodies.length).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(FIRST_PAGE_BYTES);
  const loaded = await page.evaluate(async () => {
    await document.fonts.ready;
    return [...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family);
  });
  expect(loaded.join()).toContain('Inter Variable');
});

test('says that alerts wait, and leads to them', async ({ page, open }) => {
  await open('knocking');
  await expect(page.getByText('One new alert from the logs waits for you.')).toBeVisible();
  await expect(page.getByText(/Between looks the logs are followed/)).toBeVisible();
  await page.getByRole('link', { name: 'See it' }).click();
  await expect(page.getByRole('region', { name: 'Events', exact: true })).toBeVisible();
});

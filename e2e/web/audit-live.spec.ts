import { expect, firstSeen, list, rows, workOfFrame } from './audit-parts.ts';
import { test } from './fixture.ts';

test.describe.configure({ timeout: 180_000 });

test.describe('the live tail', () => {
  test('follows, stands still for whoever reads, counts what came, and goes on', async ({ page, open }) => {
    const { double } = await open('knocking', '/audit');
    await expect(rows(page).last()).toBeInViewport();
    double.watched.write(40);
    await expect(rows(page).last()).toHaveAttribute('data-item', '1204371');
    await list(page).hover();
    await page.mouse.wheel(0, -400);
    await expect(list(page)).toHaveAttribute('data-mode', 'paused');
    const seen = await firstSeen(page);
    double.watched.write(1_204, 1_204);
    await expect(page.getByRole('button', { name: /^Scrolled: 1,\d{3} new lines/ })).toBeVisible();
    expect(await firstSeen(page)).toBe(seen);
    await page.getByRole('button', { name: /^Scrolled/ }).click();
    await expect(list(page)).toHaveAttribute('data-mode', 'following');
    await expect(rows(page).last()).toHaveAttribute('data-item', '1205575');
    await expect(rows(page).last()).toBeInViewport();
  });

  test('never hides that something was not sent, and reads it from the records', async ({ page, open }) => {
    const { double } = await open('knocking', '/audit');
    await expect(rows(page).last()).toBeInViewport();
    double.watched.write(100, 10);
    await expect(page.getByText('90 not shown', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: /^90 lines not shown here/ }).click();
    await expect(page.getByRole('button', { name: /^90 lines not shown here/ })).toHaveCount(0);
    await expect(page.locator('[data-item="1204340"]')).toBeAttached();
  });

  test('an alert that comes is on the page at once', async ({ page, open }) => {
    const { double, scenario } = await open('quiet-house', '/audit');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Nothing unusual since /);
    await expect(page.getByText('None waits for you.')).toBeVisible();
    const known = scenario.audit?.alerts[0];
    if (!known) throw new Error('no alert to copy');
    double.watched.raise({ ...known, id: 'fresh', state: 'new', node: 'miu', count: 3, notes: [] });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      /^mycoSwarm restarted twice on miu, 3 times/,
    );
    await expect(page.getByRole('link', { name: /^Audit/ })).toContainText('1 new alert');
  });

  test('slides through 1.2 million events in both directions and holds few of them', async ({
    page,
    open,
  }) => {
    await open('knocking', '/audit');
    await expect(rows(page).last()).toBeInViewport();
    await rows(page).last().focus();
    await page.keyboard.press('Home');
    await expect(page.locator('[data-item="1"]')).toBeVisible();
    for (let page_ = 0; page_ < 16; page_ += 1) {
      await list(page).evaluate((element) => element.scrollBy(0, 4_000));
      await page.waitForTimeout(120);
    }
    const reached = await firstSeen(page);
    expect(reached).toBeGreaterThan(1_000);
    expect(await rows(page).count()).toBeLessThan(80);
    for (let page_ = 0; page_ < 4; page_ += 1) {
      await list(page).evaluate((element) => element.scrollBy(0, -4_000));
      await page.waitForTimeout(120);
    }
    expect(await firstSeen(page)).toBeLessThan(reached);
    await page.getByRole('button', { name: /^Scrolled/ }).click();
    await expect(page.locator('[data-item="1204331"]')).toBeVisible();
  });

  test('stays smooth at a thousand events a second', async ({ page, start }) => {
    // The real clock: frames are counted.
    const { shell, double } = await start('knocking');
    await page.goto(shell.freshLink());
    await page.waitForSelector('main');
    await page.evaluate(() => {
      window.location.hash = '/audit';
    });
    await expect(rows(page).first()).toBeVisible();
    const newest = async () => Number(await rows(page).last().getAttribute('data-item'));
    const before = await newest();
    const end = double.watched.flood(1_000);
    await page.waitForTimeout(1_000);
    const flooded = await workOfFrame(page);
    end();
    expect(await newest()).toBeGreaterThan(before + 1_000);
    // The promised figures are measured by the bench.
    expect(flooded).toBeGreaterThan(0);
    expect(flooded).toBeLessThan(50);
    expect(await rows(page).count()).toBeLessThan(80);
    await expect(rows(page).last()).toBeInViewport();
  });
});

test.describe('by keys alone', () => {
  test('lines, errors, unfolding, following', async ({ page, open }) => {
    await open('knocking', '/audit');
    await expect(rows(page).last()).toBeInViewport();
    await page.keyboard.press('j');
    await expect(page.locator('.row:focus')).toHaveAttribute('data-item', '1204331');
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    await expect(page.locator('.row:focus')).toHaveAttribute('data-item', '1204329');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'Event 1,204,330' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('region', { name: 'Event 1,204,330' })).toHaveCount(0);
    await expect(page.locator('.row:focus')).toHaveAttribute('data-item', '1204330');
    await page.keyboard.press('Shift+N');
    const found = page.locator('.row[aria-expanded="true"]');
    await expect(found).toContainText('error');
    const first = Number(await found.getAttribute('data-item'));
    await page.keyboard.press('Shift+N');
    await expect(found).not.toHaveAttribute('data-item', String(first));
    await expect(found).toBeInViewport();
    await page.keyboard.press('n');
    await expect(found).toHaveAttribute('data-item', String(first));
    await page.keyboard.press('.');
    await expect(list(page)).toHaveAttribute('data-mode', 'following');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog').getByText('Next and previous error, in Audit')).toBeVisible();
  });
});

import { readFile } from 'node:fs/promises';
import { violationsOf } from './axe.ts';
import { expect, test } from './fixture.ts';

test.describe.configure({ timeout: 120_000 });

test.describe('Activity', () => {
  test('says how far the record is verified, and never more than that', async ({ page, open }) => {
    await open('house', '/activity');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      /^Verified up to event 4,212 at \d\d:\d\d/,
    );
    expect((await page.locator('main').textContent()) ?? '').not.toMatch(/tamper-?proof|secure\b|protected/i);
    await expect(page.getByRole('heading', { name: 'Today' })).toBeVisible();
    await expect(page.locator('.button--filled')).toHaveCount(1);
  });

  test('lists by day, searches, filters, and says when nothing fits', async ({ page, open }) => {
    await open('house', '/activity');
    await expect(page.getByRole('searchbox')).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.type('kernel');
    await expect(page.getByRole('button', { name: /Waits for the new kernel/ })).toBeVisible();
    await expect(page.getByRole('button', { name: /was looked at by schedule/ })).toHaveCount(0);
    await page.getByRole('searchbox').fill('no such words');
    await expect(page.getByText('No event fits these words and filters.')).toBeVisible();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await page.getByRole('button', { name: 'Everything', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Changes' }).click();
    await expect(page).toHaveURL(/about=changes/);
    await expect(page.getByRole('button', { name: /Changes were allowed on uncho/ })).toBeVisible();
    await expect(page.getByRole('button', { name: /left the console/ })).toHaveCount(0);
    await page.getByRole('toolbar').getByRole('button', { name: 'All nodes' }).click();
    await page.getByRole('menuitem', { name: 'boa' }).click();
    await expect(page.getByText('No event fits these words and filters.')).toBeVisible();
  });

  test('unfolds an event to who, when, all of its text, and a proof that can be kept', async ({
    page,
    open,
  }) => {
    await open('house', '/activity');
    const row = page.getByRole('button', { name: /independent look says so too: Make the source read-only/ });
    await row.click();
    await expect(page.getByText('ines, in the browser').first()).toBeVisible();
    await page.getByRole('button', { name: /Exactly as recorded/ }).click();
    await expect(page.getByText('"kind": "change-settled"')).toBeVisible();
    await page.getByRole('button', { name: 'Show its proof' }).click();
    await expect(
      page.getByText(/13 hashes lead from event 4,205 to the root of all 4,212 events/),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Copy: Proof of event 4205' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^c2sp\.org\/tlog-proof@v1\nindex 4204\n/,
    );
    await expect(page).toHaveURL(/event=4205/);
    await page.keyboard.press('Escape');
  });

  test('undoes where the change is listed: the plan first', async ({ page, open }) => {
    await open('house', '/activity');
    await page.getByRole('link', { name: 'Undo: Make the source read-only on uncho' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Undo on uncho/);
    await page.getByRole('button', { name: 'Undo this change' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/an independent look says so/);
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await expect(page.getByText('undone', { exact: true })).toBeVisible();
  });

  test('a checkpoint is saved, and the record is checked against it later', async ({ page, open }) => {
    await open('house', '/activity');
    await page.getByRole('button', { name: 'Save a checkpoint…' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a file' }).click(),
    ]);
    const kept = await readFile(await download.path(), 'utf8');
    expect(kept).toMatch(/^swarmkeep\.local\/miu\n4212\n/);
    await page.getByRole('button', { name: 'Check against a saved one…' }).click();
    await page.getByLabel('The checkpoint, all of its lines').fill(kept.trimEnd());
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      /against the checkpoint that you kept elsewhere/,
    );
    await page.getByRole('button', { name: 'Verify now' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/own checkpoints/);
  });

  test('a record that was cut off is found out by a checkpoint kept elsewhere', async ({ page, open }) => {
    await open('house', '/activity');
    await page.getByRole('button', { name: 'Check against a saved one…' }).click();
    await page
      .getByLabel('The checkpoint, all of its lines')
      .fill('swarmkeep.local/miu\n5000\nAAAA\n\n— x y\n');
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      /covers 5,000 events and there are 4,212/,
    );
    await expect(page.getByText('events-missing')).toBeVisible();
  });

  test('a damaged record says from which event on, and that nothing can be written', async ({
    page,
    open,
  }) => {
    await open('damaged-ledger', '/activity');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'From event 4,188 on nothing can be vouched for.',
    );
    await expect(page.getByText('The text of event 4,188 is not what was hashed.')).toBeVisible();
    await expect(page.getByText(/3 things done since are in no event yet/)).toBeVisible();
    await page.getByRole('searchbox').fill('text of this event is gone');
    await expect(page.getByText(/The text of this event is gone/).first()).toBeVisible();
  });

  test('an empty record has one sentence', async ({ page, open }) => {
    await open('evening', '/activity');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing has been recorded yet.');
  });

  test('says how many events are newer, and shows them when asked', async ({ page, open }) => {
    const { scenario, double } = await open('house', '/activity');
    await expect(page.getByRole('button', { name: /left the console as HTML/ })).toBeVisible();
    if (scenario.ledger) Object.assign(scenario.ledger, { size: 4_215 });
    double.topics.changes.push({ at: scenario.now, what: 'activity', node: null, sentence: null });
    await page.getByRole('button', { name: '3 newer events' }).click();
    await expect(page.getByRole('button', { name: '3 newer events' })).toHaveCount(0);
    await expect(page.getByText('Activity · 4,215 events')).toBeVisible();
  });

  test('moves by keys through 100,000 events, and draws only those near the window', async ({
    page,
    open,
  }) => {
    await open('long-ledger', '/activity');
    const rows = page.locator('.event__button');
    await expect(rows.first()).toBeVisible();
    await page.keyboard.press('Tab');
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await expect(rows.nth(1)).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Show its proof' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'Show its proof' })).toHaveCount(0);
    // The end is that of what was read so far; more is read when it is near.
    const reached = async () => {
      await page.keyboard.press('End');
      await expect(page.locator('.event__button:focus')).toBeInViewport();
      const number = (await page.locator('.event__button:focus .event__number').textContent()) ?? '';
      return Number(number.replace(/\D/g, ''));
    };
    await expect.poll(reached, { timeout: 20_000 }).toBeLessThan(99_300);
    expect(await rows.count()).toBeLessThan(90);
  });
});

test.describe('when the record cannot be read', () => {
  test.use({ expectErrors: ['503'] });
  test('says what happened and what was left untouched', async ({ page, open }) => {
    await open('broken', '/activity');
    await expect(page.getByText("The console's own records could not be read.").first()).toBeVisible();
    await expect(page.getByText('Nothing on your nodes was touched.').first()).toBeVisible();
  });
});

for (const theme of ['light', 'dark'] as const) {
  test(`Activity is clean for axe and fits 900 pixels in ${theme}`, async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const scenario of ['house', 'damaged-ledger'] as const) {
      await page.setViewportSize({ width: scenario === 'house' ? 900 : 1_280, height: 760 });
      await open(scenario, '/activity');
      await page.getByRole('button', { name: 'How others can check it' }).click();
      await page.locator('.event__button').nth(2).click();
      await page.getByRole('button', { name: 'Show its proof' }).click();
      await expect(page.getByText(/hashes lead from event/)).toBeVisible();
      const violations = await violationsOf(page);
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual(
        [],
      );
      const { scroll, inner } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        inner: window.innerWidth,
      }));
      expect(scroll).toBeLessThanOrEqual(inner);
    }
  });
}

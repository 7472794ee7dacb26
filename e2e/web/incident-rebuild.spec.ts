import type { Page } from '@playwright/test';
import { violationsOf } from './axe.ts';
import { expect, test } from './fixture.ts';

/** A picture for a person to look at, where a folder for pictures is named. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SWARMKEEP_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const step = (page: Page, name: string) => page.locator(`[data-step="${name}"]`);
const condition = (page: Page, name: string) => page.locator(`[data-condition="${name}"]`);

test.describe('Setting a node up anew', () => {
  // What a refused code answers.
  test.use({ expectErrors: ['409'] });

  test('makes the kit, and knows the node again only by the code of its key', async ({ page, open }) => {
    const { double } = await open('to-be-rebuilt', '/incident?step=rebuild');
    const rebuild = step(page, 'rebuild');
    await expect(rebuild.getByText('For naru, reached as ines')).toBeVisible();
    // Nobody ticked it: a rotation that began after naru was shut off proved it.
    await expect(step(page, 'rotate').getByText(/^Proven/)).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
    await picture(page, 'incident-rebuild-light');
    const download = page.waitForEvent('download');
    await rebuild.getByRole('button', { name: 'Make the kit for naru' }).click();
    expect((await download).suggestedFilename()).toBe('swarmkeep-kit-1.tar');
    await expect(rebuild.getByText(/^Saved swarmkeep-kit-1.tar/)).toBeVisible();
    await rebuild.getByLabel('Code that naru shows at its screen').fill('0000-0000-0000-0000');
    await rebuild.getByRole('button', { name: 'This is its code' }).click();
    await expect(rebuild.getByText(/has no host key with this code/)).toBeVisible();
    expect(double.handling.rebuilding.met).toEqual([]);
    await rebuild.getByLabel('Code that naru shows at its screen').fill('1A2B-3c4d-5e6f-7081');
    await rebuild.getByRole('button', { name: 'This is its code' }).click();
    await expect(rebuild.getByText(/Not all proven/)).toBeVisible();
    // The account that the kit makes is the one by which it is reached from now on.
    expect(double.handling.rebuilding.met).toEqual(['ines']);
  });

  test('says what the node lacks where no key of its operator is known', async ({ page, open }) => {
    const { double } = await open('to-be-rebuilt', '/incident');
    double.handling.rebuilding.wish = { keys: [] };
    double.handling.rebuilding.lacksLock = true;
    await step(page, 'rebuild')
      .getByRole('button', { name: /Set naru up anew/ })
      .click();
    const rebuild = step(page, 'rebuild');
    await expect(rebuild.getByText('Nobody could log in: give a public key.')).toBeVisible();
    await rebuild.getByLabel('Your public key').fill(`ssh-ed25519 ${'A'.repeat(68)} ana@desk`);
    const download = page.waitForEvent('download');
    await rebuild.getByRole('button', { name: 'Make the kit for naru' }).click();
    await download;
    await expect(rebuild.getByText(/was not seen on this node/)).toBeVisible();
  });

  test('lets it in by proofs, or by a decision that is asked for outside the page', async ({
    page,
    open,
  }) => {
    const { double } = await open('before-the-gate', '/incident?step=rejoin');
    await expect(condition(page, 'host-key').getByText('Met', { exact: true })).toBeVisible();
    await expect(condition(page, 'secret').getByText('Not known', { exact: true })).toBeVisible();
    await expect(condition(page, 'findings').getByText('Not met', { exact: true })).toBeVisible();
    await picture(page, 'incident-gate-light');
    expect(await violationsOf(page)).toEqual([]);
    const rejoin = step(page, 'rejoin');
    await expect(rejoin.getByRole('button', { name: 'Skip it' })).toHaveCount(0);
    await rejoin.getByRole('button', { name: 'Ask the gate' }).click();
    await expect(rejoin.getByText(/stays shut off: 3 of 8 conditions/).first()).toBeVisible();
    await expect(rejoin.getByText('It did not work:')).toBeVisible();
    await rejoin.getByRole('button', { name: /Let naru in all the same/ }).click();
    await rejoin.getByRole('button', { name: 'Show what that means…' }).click();
    await expect(rejoin.getByText('Without a reason nobody is let in.')).toBeVisible();
    await rejoin.getByLabel('Why, although not everything is met').fill('The fair is tomorrow.');
    await rejoin.getByRole('button', { name: 'Show what that means…' }).click();
    await expect(page.getByRole('heading', { name: /Let naru in although 3 of 8/ })).toBeVisible();
    await picture(page, 'incident-let-in-light');
    const before = await double.handling.store.openIncidents();
    expect(before[0]?.rebuild.override).toBeNull();
    await page.locator('.incident-plan').getByRole('button', { name: 'Let naru in' }).click();
    await expect(step(page, 'rejoin').getByText(/You said so/)).toBeVisible();
    await expect(
      page.getByText(/Let in although the gate is shut: The fair is tomorrow\./).first(),
    ).toBeVisible();
  });
});

test.describe('After an incident', () => {
  test('a false alarm opens what was shut off first, and is closed after that', async ({ page, open }) => {
    const { double } = await open('shut-off', '/incident');
    await page.getByRole('button', { name: 'It was a false alarm…' }).click();
    await page.getByRole('button', { name: 'Yes, open it next' }).click();
    await expect(page.getByText('One sentence is enough')).toBeVisible();
    await page.getByLabel('How do you know').fill('It was the backup.');
    await page.getByRole('button', { name: 'Yes, open it next' }).click();
    await expect(page.getByText(/called it a false alarm: It was the backup\./)).toBeVisible();
    await page.locator('.page-header').getByRole('button', { name: 'Open naru again' }).click();
    await expect(page.getByText('It was called a false alarm, so no gate is asked')).toBeVisible();
    await picture(page, 'incident-false-alarm-light');
    await page.locator('.incident-plan').getByRole('button', { name: 'Open naru again' }).click();
    await page.getByRole('button', { name: 'Close the incident' }).click();
    await page.getByLabel('How it ended').fill('Nothing had happened.');
    await page.getByRole('button', { name: 'Close it' }).click();
    await expect.poll(async () => (await double.handling.store.openIncidents()).length).toBe(0);
  });

  test('what is to change is followed up on Home and Checks, and ticked off there', async ({
    page,
    open,
  }) => {
    const { double } = await open('to-follow-up', '/');
    const list = page.getByRole('region', { name: 'To follow up after an incident' });
    await expect(list.getByRole('listitem')).toHaveCount(2);
    await expect(list.getByText(/^Late: until 1 November/)).toBeVisible();
    await picture(page, 'home-follow-ups-light');
    expect(await violationsOf(page)).toEqual([]);
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: /^Checks/ })
      .click();
    await expect(list.getByRole('listitem')).toHaveCount(2);
    await list.getByRole('checkbox', { name: /Pin every package/ }).click();
    await expect(list.getByRole('listitem')).toHaveCount(1);
    await list.getByRole('link', { name: /Incident 1, naru/ }).click();
    await expect(heading(page)).toHaveText('The incident about naru is closed.');
    const part = page.getByRole('region', { name: 'What will change' });
    await expect(part.getByRole('checkbox', { name: /Pin every package/ })).toBeChecked();
    await part.getByRole('button', { name: 'Add what will change' }).click();
    await part.getByLabel('What will change').fill('Watch the plugins by their hashes');
    await part.getByRole('button', { name: 'Keep it' }).click();
    await expect(part.getByText('Watch the plugins by their hashes')).toBeVisible();
    await picture(page, 'incident-follow-ups-light');
    expect(await violationsOf(page)).toEqual([]);
    const [closed] = await double.handling.store.closedIncidents({ before: null, limit: 1 });
    expect(closed?.followUps).toHaveLength(3);
  });

  for (const [theme, width] of [
    ['dark', 1280],
    ['light', 900],
  ] as const)
    test(`fits ${width} px in ${theme}`, async ({ page, open }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 800 });
      for (const [scenario, path] of [
        ['to-be-rebuilt', '/incident?step=rebuild'],
        ['before-the-gate', '/incident?step=rejoin'],
        ['to-follow-up', '/'],
      ] as const) {
        await open(scenario, path);
        await expect(heading(page)).toBeVisible();
        await page.waitForTimeout(300);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(over, path).toBeLessThanOrEqual(0);
        await picture(page, `${scenario}-${theme}-${width}`);
        expect(await violationsOf(page)).toEqual([]);
      }
    });
});

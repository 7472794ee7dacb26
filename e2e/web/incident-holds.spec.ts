import type { Page } from '@playwright/test';
import { violationsOf } from './axe.ts';
import { expect, test } from './fixture.ts';

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SWARMKEEP_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const holds = (page: Page) => page.getByRole('region', { name: 'What holds naru' });
const step = (page: Page, name: string) => page.locator(`[data-step="${name}"]`);

test.describe('What holds a node', () => {
  test('tells what somebody saw from what only the node says, and shows every layer with its proof', async ({
    page,
    open,
  }) => {
    const { double } = await open('shut-off', '/incident');
    const row = (title: string) => holds(page).getByRole('listitem').filter({ hasText: title }).first();
    await expect(row('Its own rules')).toContainText('this computer tried it from outside and got no answer');
    await expect(row('Its own rules').getByText(/^Confirmed/)).toBeVisible();
    await expect(row('Raw packets and open connections').getByText(/^It says so/)).toBeVisible();
    await holds(page).getByRole('button', { name: 'Every layer, and what proves it' }).press('Enter');
    await expect(holds(page).getByText(/Dropped by miu: holds since .*, by the word of miu/)).toBeVisible();
    await expect(holds(page).getByText('miu counted a packet of naru that it dropped.')).toBeVisible();
    await expect(holds(page).getByText(/From this computer to 10\.0\.0\.12 port 9 by TCP/)).toBeVisible();
    await picture(page, 'holds-light');
    expect(await violationsOf(page)).toEqual([]);
    const { isolating, isolation } = double.handling;
    isolating.turn(isolation, 'kept', {
      notTaken: [
        '10.0.0.1 is not dropped, though naru claims it: the gateway has it.',
        '10.0.0.11 is not dropped, though naru claims it: miu is reached by it.',
      ],
    });
    await holds(page).getByRole('button', { name: '2 addresses that naru claims are not dropped' }).click();
    await expect(holds(page).getByText('the gateway has it')).toBeVisible();
  });

  test('says first that somebody works against it, and that a node lies', async ({ page, open }) => {
    const { double } = await open('shut-off', '/incident');
    const { isolating, isolation } = double.handling;
    const at = new Date().toISOString();
    isolating.turn(isolation, 'kept', {
      reloaded: {
        times: 2,
        lastAt: at,
        what: 'Gone from it: its rules and the process that brings rules back. It was loaded again.',
      },
    });
    await expect(holds(page).getByRole('alert')).toContainText('Somebody on naru works against this.');
    await expect(holds(page).getByRole('alert')).toContainText('Gone from it: its rules');
    await expect(step(page, 'isolate').getByText(/Proven/)).toBeVisible();
    isolating.turn(isolation, 'lying');
    await expect(heading(page)).toHaveText('naru says that it is cut off, and is not.');
    await expect(page.getByRole('button', { name: 'I pulled its cable' })).toBeVisible();
    await expect(page.locator('.button--filled')).toHaveCount(1);
    await expect(page.getByText('Nothing that it says counts any more.').first()).toBeVisible();
    await expect(step(page, 'isolate').getByText(/Not all proven/)).toBeVisible();
    await expect(
      holds(page).getByRole('listitem').filter({ hasText: 'Its own rules' }).getByText('Does not hold'),
    ).toBeVisible();
    await picture(page, 'holds-lying-light');
    expect(await violationsOf(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'holds-lying-dark');
    expect(await violationsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 900, height: 800 });
    await picture(page, 'holds-lying-dark-900');
  });

  test('lets a dead node go by a yes of its own, and says that it has to be set up anew', async ({
    page,
    open,
  }) => {
    const { double } = await open('dead-node', '/incident');
    await step(page, 'release').getByRole('button', { name: 'Open naru again' }).click();
    await step(page, 'release').getByRole('button', { name: 'Open naru again…' }).click();
    const card = page.locator('.incident-plan');
    await expect(card.getByRole('heading')).toHaveText('Open naru again');
    await card.getByRole('button', { name: 'It will not answer any more…' }).press('Enter');
    await expect(card.getByRole('heading')).toHaveText('Let naru go without an answer');
    await expect(card.getByText('set up anew before it rejoins')).toBeVisible();
    await expect(card.getByText('Nobody knows what runs on naru.')).toBeVisible();
    await picture(page, 'release-without-light');
    expect(await violationsOf(page)).toEqual([]);
    await card.getByRole('button', { name: 'Ask it first, as usual' }).click();
    await card.getByRole('button', { name: 'Open naru again' }).click();
    await expect(heading(page)).toHaveText('naru is being let back in.');
    await expect(page.getByText(/not let back in yet: naru does not answer/).first()).toBeVisible();
    await step(page, 'release').getByRole('button', { name: 'Open naru again' }).click();
    await step(page, 'release').getByRole('button', { name: 'Open naru again…' }).click();
    await card.getByRole('button', { name: 'It will not answer any more…' }).click();
    await card.getByRole('button', { name: 'Let it go without an answer' }).click();
    await expect(heading(page)).toHaveText(
      'naru was let go without an answer: set it up anew before it rejoins.',
    );
    await picture(page, 'released-without-light');
    const [isolation] = [...double.handling.isolating.isolations.values()];
    expect(isolation?.nodes).toMatchObject([{ state: 'released', setUpAnew: true }]);
  });
});

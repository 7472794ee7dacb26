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

test.describe('Incident', () => {
  test('says that none is open, lists past ones, and starts one by hand', async ({ page, open }) => {
    const { double } = await open('past-incidents', '/incident');
    await expect(heading(page)).toHaveText('No incident is open.');
    await expect(page.getByRole('button', { name: /A poisoned plugin or package: miu/ })).toBeVisible();
    await expect(page.locator('.button--filled')).toHaveCount(1);
    expect(await violationsOf(page)).toEqual([]);
    await picture(page, 'incident-none-light');
    await page.getByRole('button', { name: 'Start an incident' }).click();
    await page.getByRole('radio', { name: /Data is leaving/ }).check();
    await page.getByLabel('Which node').selectOption('naru');
    await page.getByLabel('What was seen').fill('It talks to an address that is not ours.');
    await picture(page, 'incident-start-light');
    expect(await violationsOf(page)).toEqual([]);
    const start = page.getByRole('button', { name: 'Start the incident' });
    await start.dblclick();
    await expect(heading(page)).toHaveText('Nothing keeps naru from going on yet.');
    expect(
      [...double.handling.store.incidents.values()].filter(({ closedAt }) => closedAt === null),
    ).toHaveLength(1);
    expect(double.handling.isolating.ordered).toEqual([]);
  });

  test('opens a past one for reading, and again', async ({ page, open }) => {
    await open('past-incidents', '/incident');
    await page.getByRole('button', { name: /A poisoned plugin or package: miu/ }).click();
    await expect(heading(page)).toHaveText('The incident about miu is closed.');
    await expect(page.getByText('The plugin was removed and its version pinned').first()).toBeVisible();
    await expect(page.locator('.button--filled')).toHaveCount(0);
    await page.getByRole('button', { name: 'Open it again' }).click();
    await expect(heading(page)).not.toHaveText('The incident about miu is closed.');
  });

  test('comes from an alert with its facts filled in', async ({ page, open }) => {
    await open('alerts-and-no-incident', '/audit');
    await page.getByRole('link', { name: 'Start an incident' }).first().click();
    await expect(page.getByText('Filled in from the alert.')).toBeVisible();
    await expect(page.getByLabel('What was seen')).not.toHaveValue('');
    await expect(page.getByLabel('Which node')).not.toHaveValue('');
    await page.getByRole('button', { name: 'Start the incident' }).click();
    await expect(page.getByText('An alert that repeated')).toBeVisible();
  });

  test('comes from a finding with its facts filled in', async ({ page, open }) => {
    await open('house', '/checks?check=service-bindings&on=boa');
    await page.getByRole('link', { name: 'Start an incident' }).first().click();
    await expect(page.getByText('Filled in from the finding.')).toBeVisible();
    await expect(page.getByRole('radio', { name: /Data is leaving/ })).toBeChecked();
    await expect(page.getByLabel('Which node')).toHaveValue('boa');
  });

  test('leads from the first click to a node that is shut off, and does nothing without a yes', async ({
    page,
    open,
  }) => {
    const { double } = await open('fresh-incident', '/incident');
    await expect(heading(page)).toHaveText('Nothing keeps naru from going on yet.');
    await picture(page, 'incident-fresh-light');
    await page.getByRole('button', { name: 'Is it real?' }).click();
    await step(page, 'confirm').getByRole('button', { name: 'It is real', exact: true }).click();
    await expect(page.getByText('One sentence is enough')).toBeVisible();
    await step(page, 'confirm').getByLabel('What makes you think so').fill('It is not our address.');
    await step(page, 'confirm').getByRole('button', { name: 'It is real', exact: true }).click();
    await expect(step(page, 'confirm').getByText(/You said so/)).toBeVisible();
    await step(page, 'confirm').getByRole('button', { name: 'Make sure that it is real' }).press('Escape');
    await page.locator('.page-header').getByRole('button', { name: 'Shut naru off' }).click();
    await expect(
      page.getByRole('heading', { name: 'Isolate naru from everything but this console' }),
    ).toBeVisible();
    await expect(page.getByRole('button', { name: 'Not now' })).toBeFocused();
    await expect(page.locator('.button--filled')).toHaveCount(1);
    await expect(page.getByText('Release takes it back, layer by layer.').first()).toBeVisible();
    await picture(page, 'incident-plan-light');
    expect(double.handling.isolating.ordered).toEqual([]);
    await page.locator('.incident-plan').getByRole('button', { name: 'Shut naru off' }).dblclick();
    await expect(heading(page)).toHaveText('naru is shut off, and that is confirmed.');
    expect(double.handling.isolating.ordered).toHaveLength(1);
    await expect(step(page, 'isolate').getByText(/Proven/)).toBeVisible();
    await expect(
      page
        .getByRole('listitem')
        .filter({ hasText: 'Peers drop it' })
        .getByText(/Confirmed/),
    ).toBeVisible();
    await expect(page.getByRole('button', { name: 'Keep the evidence' }).first()).toBeVisible();
  });

  test('tells what is confirmed from what was only sent', async ({ page, open }) => {
    const { double } = await open('contained-by-peers', '/incident');
    await expect(heading(page)).toHaveText('naru is contained by its peers, not confirmed.');
    await expect(step(page, 'isolate').getByText(/Not all proven/)).toBeVisible();
    const rows = page.getByRole('region', { name: 'What holds naru' }).getByRole('listitem');
    await expect(rows.filter({ hasText: 'Peers drop it' }).getByText(/^Confirmed/)).toBeVisible();
    await expect(rows.filter({ hasText: 'Its own rules' }).getByText('Sent, no answer')).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Pages' }).getByText('1 open incident')).toHaveCount(1);
    await picture(page, 'incident-light');
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'I pulled its cable' }).click();
    await expect(rows.filter({ hasText: 'Its cable is out' }).getByText(/You said so/)).toBeVisible();
    await expect(heading(page)).toHaveText('naru is contained by its peers, not confirmed.');
    double.handling.isolating.turn(double.handling.isolation, 'kept');
    await expect(heading(page)).toHaveText('naru is shut off, and that is confirmed.');
    await expect(step(page, 'isolate').getByText(/Proven/)).toBeVisible();
  });

  test('counts down what the node does by itself, and asks it again', async ({ page, open }) => {
    await open('unconfirmed-cut', '/incident');
    await expect(page.getByRole('timer')).toHaveText(/\d:\d\d/);
    await expect(page.getByText('The timer runs on naru, not here.')).toBeVisible();
    await picture(page, 'incident-countdown-light');
    await page.getByRole('button', { name: 'Keep it shut off' }).click();
    await expect(page.getByRole('timer')).toHaveCount(0);
    await expect(heading(page)).toHaveText('naru is shut off, and that is confirmed.');
  });

  test('investigates: files, all nodes, the timeline with pins, keys one by one', async ({ page, open }) => {
    await open('shut-off', '/incident');
    await step(page, 'preserve').getByRole('button', { name: 'Keep the evidence' }).first().click();
    await expect(step(page, 'preserve').getByText('18.4 MB').first()).toBeVisible();
    await step(page, 'timeline').getByRole('button', { name: 'Understand what happened' }).click();
    const row = page
      .getByRole('list', { name: 'Timeline' })
      .getByRole('listitem')
      .filter({ hasText: 'curl -T' });
    await row.getByRole('button', { name: 'Pin' }).click();
    await row.getByPlaceholder('Why it matters').fill('The first time that something left.');
    await row.getByRole('button', { name: 'Keep' }).click();
    await expect(
      page.getByRole('region', { name: 'What is known' }).getByText('The first time that something left.'),
    ).toBeVisible();
    await picture(page, 'incident-timeline-light');
    await page.getByLabel('Words in it').fill('cron-that-is-not-there');
    await expect(page.getByText('Nothing of that kind is known.')).toBeVisible();
    await step(page, 'hunt')
      .getByRole('button', { name: /Ask every node for the same/ })
      .click();
    await step(page, 'hunt').getByLabel('An address or name').fill('172.16.4.9');
    await step(page, 'hunt').getByRole('button', { name: 'Ask every node', exact: true }).click();
    await expect(page.getByRole('list', { name: 'What the nodes answered' })).toContainText(
      'Not found, and not all could be seen',
    );
    await expect(step(page, 'hunt').getByText(/Not all proven/)).toBeVisible();
    await step(page, 'workspace').getByRole('button', { name: 'See what was changed on naru' }).click();
    await step(page, 'workspace').getByRole('button', { name: 'Compare with how it was' }).click();
    await expect(
      page.getByRole('list', { name: 'Files that are not as they were' }).getByRole('listitem').first(),
    ).toContainText('Plugin: changed, and its time was set back');
    await step(page, 'credentials').getByRole('button', { name: 'End every other key' }).click();
    await page.getByRole('checkbox', { name: /Token of GitHub/ }).click();
    await expect(page.getByText('Ended by ines')).toBeVisible();
    await picture(page, 'incident-keys-light');
    expect(await violationsOf(page)).toEqual([]);
  });

  test('goes on after days, with two open at once', async ({ page, open }) => {
    await open('resumed-incidents', '/incident');
    await expect(heading(page)).toHaveText(/secret that is known to others/);
    await expect(page.getByRole('navigation', { name: 'Open incidents' })).toContainText(
      'Two incidents are open',
    );
    await picture(page, 'incident-two-light');
    await page.getByRole('button', { name: /Incident 1, naru/ }).click();
    await expect(page.getByText('Nothing was done here for 3 days')).toBeVisible();
    await expect(heading(page)).toHaveText('naru is shut off, and that is confirmed.');
    expect(await violationsOf(page)).toEqual([]);
  });

  test('does not close while the node is shut off, and closes with a reason', async ({
    page,
    open,
    expectErrors,
  }) => {
    expectErrors.push('409');
    const { double } = await open('shut-off', '/incident');
    await page.getByRole('button', { name: 'Close this incident…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close it' }).click();
    await expect(page.getByText('One sentence is enough.')).toBeVisible();
    await page.getByRole('dialog').getByRole('textbox').fill('A drill.');
    await page.getByRole('dialog').getByRole('button', { name: 'Close it' }).click();
    await expect(page.getByText('The node is still shut off.')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Not yet' }).click();
    await step(page, 'rebuild').getByRole('button', { name: 'Set naru up anew' }).click();
    await step(page, 'rebuild')
      .getByLabel(/If you did it in another way/)
      .fill('A drill.');
    await step(page, 'rebuild').getByRole('button', { name: 'Skip it' }).click();
    await step(page, 'rejoin').getByRole('button', { name: 'Let naru pass the gate' }).click();
    await step(page, 'rejoin')
      .getByRole('button', { name: /Let naru in all the same/ })
      .click();
    await step(page, 'rejoin').getByRole('textbox').fill('A drill.');
    await step(page, 'rejoin').getByRole('button', { name: 'Show what that means…' }).click();
    await page.locator('.incident-plan').getByRole('button', { name: 'Let naru in' }).click();
    await step(page, 'release').getByRole('button', { name: 'Open naru again' }).click();
    await step(page, 'release').getByRole('button', { name: 'Open naru again…' }).click();
    await page.locator('.incident-plan').getByRole('button', { name: 'Open naru again' }).click();
    await expect(heading(page)).toHaveText('naru is open again. The incident is not closed yet.');
    await page.getByRole('button', { name: 'Close this incident…' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('A drill.');
    await page.getByRole('dialog').getByRole('button', { name: 'Close it' }).click();
    await expect(heading(page)).toHaveText('No incident is open.');
    expect([...double.handling.store.incidents.values()][0]?.closing).toBe('A drill.');
  });

  test('is led through by keyboard', async ({ page, open }) => {
    await open('fresh-incident');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await expect(heading(page)).toHaveText('Nothing keeps naru from going on yet.');
    await page.getByRole('button', { name: 'Is it real?' }).press('Enter');
    await page.getByLabel('What makes you think so').press('x');
    await page.getByLabel('What makes you think so').press('Tab');
    await page.keyboard.press('Enter');
    await expect(step(page, 'confirm').getByText(/You said so/)).toBeVisible();
  });

  test('is readable in the dark and on a small window, with hostile names, and never scrolls sideways', async ({
    page,
    open,
  }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await open('hostile-incident', '/incident');
    await expect(heading(page)).toContainText('\\u{202e}');
    await page.setViewportSize({ width: 900, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(900);
    expect(await violationsOf(page)).toEqual([]);
    await picture(page, 'incident-hostile-dark-900');
  });

  for (const scenario of ['contained-by-peers', 'shut-off', 'past-incidents'] as const)
    test(`has no fault in the dark: ${scenario}`, async ({ page, open }) => {
      await page.emulateMedia({ colorScheme: 'dark' });
      await open(scenario, '/incident');
      await expect(heading(page)).toBeVisible();
      await picture(page, `incident-${scenario}-dark`);
      expect(await violationsOf(page)).toEqual([]);
      await page.setViewportSize({ width: 900, height: 800 });
      await picture(page, `incident-${scenario}-dark-900`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(900);
    });

  test('says when the records cannot be read, and while they are being read', async ({
    page,
    open,
    expectErrors,
  }) => {
    expectErrors.push('503');
    await open('broken', '/incident');
    await expect(page.getByRole('alert').filter({ hasText: 'could not be read' }).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' }).first()).toBeVisible();
  });

  test('gives its report as a file, and says what to do where a PDF cannot be had', async ({
    page,
    open,
    expectErrors,
  }) => {
    // As root no browser is started for the PDF; elsewhere one may be installed.
    expectErrors.push('501');
    await open('hostile-incident', '/incident');
    for (const [label, ending] of [
      ['as a page', 'html'],
      ['as Markdown', 'md'],
      ['its timeline as CSV', 'csv'],
    ] as const) {
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: label, exact: true }).click();
      const file = await saving;
      expect(file.suggestedFilename()).toMatch(new RegExp(`^swarmkeep-incident-\\d+\\.${ending}$`));
      await expect(page.getByText(`Saved ${file.suggestedFilename()}.`)).toBeVisible();
    }
    await page.getByRole('button', { name: 'as a PDF', exact: true }).click();
    await expect(
      page.getByText(/Saved swarmkeep-incident-\d+\.pdf|Save it as HTML and print that page/),
    ).toBeVisible({
      timeout: 60_000,
    });
  });
});

import { expect, list, rows } from './audit-parts.ts';
import { test } from './fixture.ts';

test.describe.configure({ timeout: 180_000 });

test.describe('the alerts of the evening on which naru knocks', () => {
  test('the line that an alert is about is shown, wherever the log stands and whatever it is filtered by', async ({
    page,
    open,
  }) => {
    await open('knocking', '/audit?q=node:uncho');
    await expect(rows(page).first()).toBeVisible();
    const link = page
      .getByRole('article', { name: /keeps trying/ })
      .getByRole('link', { name: 'See it in the log' });
    await link.click();
    const details = page.getByRole('region', { name: /^Event / });
    await expect(details.getByRole('button', { name: '203.0.113.50', exact: true })).toBeInViewport();
    await expect(page.getByText('node: uncho')).toHaveCount(0);
    await details.getByRole('button', { name: 'Raw line' }).focus();
    await page.keyboard.press('Escape');
    await expect(page).not.toHaveURL(/event=/);
    await expect(page.locator('.row:focus')).toBeVisible();
    await page.keyboard.press('Home');
    await expect(page.getByText('Nothing that fits is further back.')).toBeVisible();
    await expect(details).toHaveCount(0);
    await link.click();
    await expect(details.getByRole('button', { name: '203.0.113.50', exact: true })).toBeInViewport();
    // The same press again, with the line still unfolded and the list somewhere else.
    await page.keyboard.press('Home');
    await list(page).evaluate((element) => element.scrollTo({ top: 0 }));
    await expect(details.getByRole('button', { name: '203.0.113.50', exact: true })).not.toBeInViewport();
    await link.click();
    await expect(details.getByRole('button', { name: '203.0.113.50', exact: true })).toBeInViewport();
    // Its height must not move to where lines are put: what is set meanwhile would end at the old one.
    await expect(page.locator('.log__lines')).toHaveCSS('transition-property', 'none');
  });

  test.describe('of an alert that is not there', () => {
    test.use({ expectErrors: ['404'] });
    test('an address that was typed by hand is read as far as it goes, and what is not says so', async ({
      page,
      open,
    }) => {
      await open('knocking', '/audit');
      await page
        .getByRole('article', { name: /keeps trying/ })
        .getByRole('link', { name: /before and after$/i })
        .click();
      await expect(page).toHaveURL(/alert=/);
      const alert = new URL(page.url().replace('#/', '')).searchParams.get('alert') ?? '';
      await page.goto(page.url().replace(/#.*/, '#/audit?alert=987654321'));
      await expect(
        page.getByRole('alert').filter({ hasText: /There is no such alert|It is not there any more/ }),
      ).toBeVisible();
      await page.goto(
        page.url().replace(/#.*/, `#/audit?alert=${alert}&event=-7&view=%5B%5D&from=yesterday`),
      );
      await expect(page.getByRole('heading', { name: /^Before and after/ })).toBeVisible();
      await expect(
        page.getByText('A part of this address could not be read and is left out: event, view, from.'),
      ).toBeVisible();
      await page.goto(page.url().replace(/#.*/, '#/audit?alert=%7B%7D&q=203'));
      await expect(page.getByText('left out: alert.')).toBeVisible();
      await expect(rows(page).first()).toContainText('203');
    });
  });

  test('the alert is acknowledged, gets a note, is resolved, and each can be taken back', async ({
    page,
    open,
  }) => {
    await open('knocking', '/audit');
    const card = page.getByRole('article', { name: /keeps trying/ });
    await card.getByRole('button', { name: 'Acknowledge' }).click();
    await expect(card.getByText('Acknowledged')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Nothing unusual since 22:40/);
    await expect(page.getByRole('link', { name: /^Audit/ })).not.toContainText('new alert');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(card.getByText('New', { exact: true })).toBeVisible();
    await card.getByRole('button', { name: 'Write a note' }).click();
    await page.keyboard.type('It is the weather plugin of Saturday');
    await card.getByRole('button', { name: 'Keep the note' }).click();
    await expect(card.getByRole('button', { name: 'Keep the note' })).toHaveCount(0);
    await expect(
      card.getByRole('list', { name: 'Notes' }).getByText('It is the weather plugin'),
    ).toBeVisible();
    await card.getByRole('button', { name: 'Resolve' }).click();
    await expect(page.getByText(/comes back when the rule matches again/)).toBeVisible();
  });

  test('a silence says what it would have hidden before it is asked for', async ({ page, open }) => {
    await open('knocking', '/audit');
    await page
      .getByRole('article', { name: /keeps trying/ })
      .getByRole('button', { name: 'Silence…' })
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('What is like this')).toHaveValue(
      'node:"naru" DestinationIp:"203.0.113.50"',
    );
    await expect(dialog.getByText('would have hidden 214, all like this')).toBeVisible();
    await dialog.getByLabel('What is like this').fill('node:"uncho"');
    await expect(dialog.getByText('would have hidden 0, all like this')).toBeVisible();
    await dialog.getByLabel('What is like this').fill('node:(');
    await expect(dialog.locator('.field__error').first()).toBeVisible();
    await dialog.getByLabel('What is like this').fill('DestinationIp:"203.0.113.50"');
    await dialog.getByRole('button', { name: 'a day', exact: true }).click();
    await dialog.getByRole('button', { name: 'Silence for a day' }).click();
    await expect(dialog.getByText('Say in a few words why.')).toBeVisible();
    await dialog.getByLabel('Why').fill('I know this one');
    await dialog.getByRole('button', { name: 'Silence for a day' }).click();
    await expect(dialog).toHaveCount(0);
    await page.getByRole('button', { name: /^1 silence/ }).click();
    await expect(page.getByText('I know this one')).toBeVisible();
    await page.getByRole('button', { name: 'End it' }).click();
    await expect(page.getByText('I know this one')).toHaveCount(0);
  });

  test('an alert shows what came before and after, with its matches marked', async ({ page, open }) => {
    await open('knocking', '/audit');
    const card = page.getByRole('article', { name: 'An agent keeps trying to leave the network' });
    await expect(card.getByRole('figure')).toContainText('stopped tcp 203.0.113.50:443 out eth0');
    await page.getByRole('link', { name: 'Before and after' }).click();
    await expect(page.getByRole('heading', { name: 'Before and after on naru' })).toBeVisible();
    await page.getByRole('button', { name: 'Isolate naru by hand' }).click();
    await expect(page.getByText('Pull the network cable of naru')).toBeVisible();
    await expect(page.getByText('systemctl kill --signal=SIGSTOP mycoswarm.service')).toBeVisible();
    await expect(page.getByText('matched', { exact: true }).first()).toBeVisible();
    await expect(page.getByText(/events of all nodes in between/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Which rule, and why' }).click();
    await expect(page.getByText(/somebody who wants to get out/)).toBeVisible();
    await page.getByRole('link', { name: 'Back to the log' }).click();
    await expect(list(page)).toBeVisible();
  });
});

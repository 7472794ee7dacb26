import { expect, test } from './fixture.ts';

test.describe('Nodes', () => {
  test('says how many there are and which does not answer', async ({ page, open }) => {
    await open('evening', '/nodes');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Five nodes. pi did not answer at the last look.',
    );
    await expect(page.getByText('does not answer, seen 01:12')).toBeVisible();
  });

  test('looks at all with progress, and stops one', async ({ page, open }) => {
    const { double } = await open('evening', '/nodes');
    double.looking.end = false;
    await page.getByRole('button', { name: 'Look at all now' }).click();
    await expect(page.getByRole('progressbar', { name: 'Looking at naru' })).toBeVisible();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'minotaur@naru.local' })
      .getByRole('button', { name: 'Cancel' })
      .click();
    await expect(page.getByText('Stopped. Findings stay as they were.').last()).toBeVisible();
    double.looking.end = true;
    await expect(page.getByRole('progressbar')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Look at all now' })).toBeVisible();
  });

  test('renames, and takes it back', async ({ page, open }) => {
    await open('evening', '/nodes');
    await page.getByRole('button', { name: 'What to do with boa' }).click();
    await page.getByRole('menuitem', { name: 'Rename…' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('');
    await expect(page.getByText('A node needs a name.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Name' }).fill('boa in the attic');
    await page.keyboard.press('Enter');
    await expect(page.getByText('boa is now called boa in the attic.').last()).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('button', { name: 'What to do with boa', exact: true })).toBeVisible();
  });

  test('removes, and brings it back from the page itself', async ({ page, open }) => {
    await open('evening', '/nodes');
    await page.getByRole('button', { name: 'What to do with uncho' }).click();
    await page.getByRole('menuitem', { name: /Remove/ }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove (from this list|it all the same)$/ })
      .click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Four nodes/);
    await page.getByRole('list', { name: 'Removed nodes' }).getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Five nodes/);
    await expect(page.getByRole('list', { name: 'Removed nodes' })).toHaveCount(0);
  });

  test('shows what was found, and takes a correction', async ({ page, open }) => {
    const { double } = await open('evening', '/nodes');
    await page.getByRole('button', { name: /minotaur@boa\.local/ }).click();
    await expect(page.getByText('ThinkCentre M720q')).toBeVisible();
    await expect(page.getByText('/var/lib/mycoswarm/workspace')).toBeVisible();
    await page.getByRole('button', { name: 'Correct this…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Workspace' }).fill('srv/work');
    await dialog.getByRole('button', { name: 'Save and look again' }).click();
    await expect(dialog.getByText('A path starts with a slash.')).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Workspace' }).fill('/srv/work');
    await dialog.getByRole('button', { name: 'Save and look again' }).click();
    await expect(page.getByText('as you said; found: /var/lib/mycoswarm/workspace')).toBeVisible();
    const { corrections } = await double.nodes.profile({ node: 'boa' });
    expect(corrections).toEqual([{ instance: 'mycoswarm.service', workspace: '/srv/work' }]);
  });

  test('leads to adding a node', async ({ page, open }) => {
    await open('evening', '/nodes');
    await page.getByRole('link', { name: 'Add a node' }).click();
    await expect(page.getByText('A node over SSH')).toBeVisible();
  });
});

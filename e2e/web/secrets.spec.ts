import type { Page } from '@playwright/test';
import { violationsOf } from './axe.ts';
import { DOUBLE_PASSPHRASE } from './double/secrets/sealed-double.ts';
import { expect, test } from './fixture.ts';

/** A picture for a person to look at, where a folder for pictures is named. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SWARMKEEP_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

test.describe('Secrets', () => {
  test('says how the secret is, on which nodes, and how old', async ({ page, open }) => {
    await open('evening', '/secrets');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Four nodes have the same secret, 41 days old; pi could not be asked.',
    );
    const nodes = page.getByRole('list', { name: 'Secrets of the nodes' }).getByRole('listitem');
    await expect(nodes).toHaveCount(5);
    await expect(nodes.filter({ hasText: 'pi' }).first()).toContainText('Could not ask');
    await expect(page.locator('.button--filled')).toHaveCount(1);
    await picture(page, 'secrets-light');
  });

  test('plans with everybody by name, and does nothing without a yes', async ({ page, open }) => {
    const { double } = await open('stranger-at-rotation', '/secrets');
    await page.getByRole('button', { name: 'Rotate the secret' }).click();
    await expect(page.getByRole('heading', { name: 'Give 4 nodes a new secret' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Not now' })).toBeFocused();
    await expect(page.getByText('raspberrypi (192.168.1.77)')).toBeVisible();
    await expect(page.getByText('It gets the new secret when it is back')).toBeVisible();
    await expect(page.locator('.button--filled')).toHaveCount(1);
    await picture(page, 'preflight-light');
    await page.getByRole('button', { name: 'Leave nodes out' }).click();
    await page.getByRole('switch', { name: 'naru' }).click();
    await expect(page.getByRole('heading', { name: 'Give 3 nodes a new secret' })).toBeVisible();
    await page.getByRole('button', { name: 'Not now' }).click();
    await expect(page.getByRole('heading', { name: /Give . nodes/ })).toHaveCount(0);
    expect(double.rotating.runs).toEqual([]);
  });

  test('draws the split window, and says only what is proven', async ({ page, open }) => {
    const { double } = await open('stranger-at-rotation', '/secrets');
    double.rotating.stopAt = 'decided';
    await page.getByRole('button', { name: 'Rotate the secret' }).click();
    await page.getByRole('button', { name: 'Rotate on 4 nodes' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'The nodes restart with the new secret; not all accept it yet.',
    );
    const rows = page.getByRole('list', { name: 'Nodes of this rotation' });
    await expect(rows.getByText('Verified')).toHaveCount(2);
    await expect(rows.getByText('Restarting')).toHaveCount(2);
    await expect(page.getByText(/Split for .* s so far/)).toBeVisible();
    await expect(page.getByRole('list', { name: 'Nodes that were left out' })).toContainText('pi');
    await expect(page.getByRole('button', { name: 'Take it back' })).toHaveCount(0);
    await picture(page, 'rotation-light');
    double.rotating.move('done');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      '4 nodes have the new secret, and the old one is refused. pi was left out and is kept out.',
    );
    await expect(rows.getByText('Verified')).toHaveCount(4);
    await picture(page, 'rotated-light');
    await page.getByRole('button', { name: 'Back to the secrets' }).click();
    await expect(page.getByRole('heading', { name: 'Not finished' })).toBeVisible();
    await page.getByRole('button', { name: /4 nodes have the new secret/ }).click();
    await expect(page.getByText('Split for 0.8 s.')).toBeVisible();
  });

  test('waits for the passphrase, goes on, and can be taken back before the decision', async ({
    page,
    open,
  }) => {
    const { double } = await open('stranger-at-rotation', '/secrets');
    double.rotating.stopAt = 'staged';
    await page.getByRole('button', { name: 'Rotate the secret' }).click();
    await page.getByRole('button', { name: 'Rotate on 4 nodes' }).click();
    await expect(page.getByRole('button', { name: 'Take it back' })).toBeVisible();
    double.rotating.move('staged', { waits: 'nodes', canResume: true });
    await expect(page.getByText('It waits for nodes')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'It was taken back. Every node has the secret that it had.',
    );
  });

  test('sets up the sealed store, prints the sheet and reads it back', async ({
    page,
    open,
    expectErrors,
  }) => {
    expectErrors.push('409');
    await open('no-sealed-store', '/secrets');
    await page.getByRole('button', { name: 'Set up the sealed store' }).click();
    await page.getByRole('radio', { name: /A passphrase/ }).check();
    await page.getByRole('button', { name: 'Set it up' }).click();
    await expect(page.getByText('A passphrase needs at least 12 characters.')).toBeVisible();
    await picture(page, 'set-up-light');
    await page.getByLabel('New passphrase').fill(DOUBLE_PASSPHRASE);
    await page.getByLabel('The same again').fill(DOUBLE_PASSPHRASE);
    await page.getByRole('button', { name: 'Set it up' }).click();
    await expect(page.getByRole('heading', { name: 'Swarmkeep recovery sheet' })).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
    await picture(page, 'sheet-light');
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByRole('button', { name: 'I have it on paper' })).toBeHidden();
    await expect(page.getByText('R9CWN')).toBeVisible();
    await picture(page, 'sheet-print');
    await page.emulateMedia({ media: 'screen' });
    await page.getByLabel('Group 4').fill('wrong');
    await page.getByRole('button', { name: 'I have it on paper' }).click();
    await expect(page.getByText('That is not group 4 of the sheet.')).toBeVisible();
    await page.getByLabel('Group 4').fill('wc3na');
    await page.getByLabel('Group 11').fill('a3vpj');
    await page.getByRole('button', { name: 'I have it on paper' }).click();
    await expect(page.getByText(/on paper, read back/)).toBeVisible();
    await expect(page.locator('body')).not.toContainText('R9CWN');
  });

  test('unlocks by the passphrase, after a wrong one in clear words', async ({
    page,
    open,
    expectErrors,
  }) => {
    expectErrors.push('409');
    await open('different-secrets', '/secrets');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'The nodes have two different secrets, and refuse each other.',
    );
    await page.getByRole('button', { name: 'Unlock' }).first().click();
    await page.getByRole('textbox', { name: 'Passphrase' }).fill('not this one at all');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/That is not the passphrase of this store/)).toBeVisible();
    await picture(page, 'unlock-light');
    await page.getByRole('textbox', { name: 'Passphrase' }).fill(DOUBLE_PASSPHRASE);
    await page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Rotate the secret' })).toBeVisible();
  });

  test('makes the first secret of a swarm', async ({ page, open }) => {
    await open('first-secret', '/secrets');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('This swarm has no secret yet');
    await page.getByRole('button', { name: 'Make the first secret' }).click();
    await expect(page.getByRole('heading', { name: 'Give 4 nodes their first secret' })).toBeVisible();
  });

  test('has words for no node, a broken console and fifty nodes', async ({ page, open }) => {
    await open('fifty', '/secrets');
    await expect(page.getByRole('list', { name: 'Secrets of the nodes' }).getByRole('listitem')).toHaveCount(
      50,
    );
    await page.setViewportSize({ width: 900, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
    await picture(page, 'fifty-900');
  });

  for (const [scenario, scheme] of [
    ['evening', 'light'],
    ['evening', 'dark'],
    ['different-secrets', 'dark'],
  ] as const) {
    test(`is accessible: ${scenario}, ${scheme}`, async ({ page, open }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await open(scenario, '/secrets');
      await expect(page.getByRole('list', { name: 'Secrets of the nodes' })).toBeVisible();
      expect(await violationsOf(page)).toEqual([]);
      await picture(page, `secrets-${scenario}-${scheme}`);
    });
  }

  test('is accessible while it rotates, in the dark', async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    const { double } = await open('stranger-at-rotation', '/secrets');
    double.rotating.stopAt = 'decided';
    await page.getByRole('button', { name: 'Rotate the secret' }).click();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Rotate on 4 nodes' }).click();
    await expect(page.getByText(/Split for/)).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
    await picture(page, 'rotation-dark');
  });
});

test.describe('Pause all agents', () => {
  test('is one key away on every page, names who was missed, and is let go with a yes outside', async ({
    page,
    open,
  }) => {
    const { double } = await open('stranger-at-rotation', '/nodes');
    await expect(page.getByRole('button', { name: 'Pause all agents' })).toBeVisible();
    await page.keyboard.press('Shift+P');
    const note = page.getByRole('region', { name: 'Pause of all agents' });
    await expect(note).toContainText('Agents are paused on four nodes; not on pi.');
    expect(double.braking.pulled).toBe(1);
    await note.getByRole('button', { name: 'Node by node' }).click();
    await expect(note.getByText('did not answer within 5 seconds')).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
    await picture(page, 'paused-light');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await expect(page.getByRole('region', { name: 'Pause of all agents' })).toBeVisible();
    await page.getByRole('button', { name: 'Let agents run again' }).click();
    await expect(page.getByRole('region', { name: 'Pause of all agents' })).toHaveCount(0);
  });

  test('is not pulled by typing a capital letter into a field', async ({ page, open }) => {
    const { double } = await open('no-sealed-store', '/secrets');
    await page.getByRole('button', { name: 'Set up the sealed store' }).click();
    await page.getByRole('radio', { name: /A passphrase/ }).check();
    const field = page.getByLabel('New passphrase');
    await field.press('Shift+P');
    await expect(field).toHaveValue('P');
    expect(double.braking.pulled).toBe(0);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toContainText('Pause all agents of all nodes, at once');
  });
});

import { expect, test } from './fixture.ts';

test.describe('Nodes', () => {
  test('not in the list are strangers on the network, whose key and login are asked for', async ({
    page,
    open,
  }) => {
    await open('strangers', '/nodes');
    const stranger = page.getByRole('listitem').filter({ hasText: 'naru-copy' });
    await expect(stranger).toContainText('gives an address of naru for itself');
    await stranger.getByRole('button', { name: 'Add naru-copy…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('SHA256:Zk3vX0mJ7cQ4bq2n8yQv1uA5sT9wE6rP0dL3fG8hK1o')).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Log in as' }).fill('me; id');
    await dialog.getByRole('button', { name: /^Yes/ }).click();
    await expect(dialog.getByText('A login name has letters')).toBeVisible();
  });

  test('not in the list are hosts of the SSH configuration, added after the key was confirmed', async ({
    page,
    open,
  }) => {
    const { double } = await open('strangers', '/nodes');
    await page.getByRole('button', { name: /In your ~\/\.ssh\/config/ }).click();
    await expect(page.getByText('1 Match block was passed over')).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: 'far-away' })).toContainText('another machine');
    await page.getByRole('button', { name: 'Add attic…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('textbox', { name: 'Key file' })).toHaveValue('/home/ines/.ssh/attic');
    await dialog.getByRole('button', { name: /^Yes/ }).click();
    await expect(page.getByText('attic was added. Looking at it now.').last()).toBeVisible();
    const added = (await double.nodes.list(undefined)).find(({ name }) => name === 'attic');
    expect(added?.address).toMatchObject({ host: '192.168.1.80', port: 2_222, user: 'ines' });
  });

  test('are searched for among fifty, the worst first, and gone through by keyboard', async ({
    page,
    open,
  }) => {
    await open('fifty', '/nodes');
    const rows = page.locator('.node__button');
    await expect(rows).toHaveCount(50);
    await expect(rows.first()).toContainText('node-17');
    await expect(page.getByText('clock 3 h behind')).toBeAttached();
    await page.keyboard.press('/');
    const search = page.getByRole('searchbox');
    await expect(search).toBeFocused();
    await search.fill('does not answer');
    await expect(rows).toHaveCount(1);
    await search.fill('node-0');
    await expect(rows).toHaveCount(9);
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await expect(rows.nth(1)).toBeFocused();
  });
});

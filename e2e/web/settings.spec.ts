import { expect, test } from './fixture.ts';

test.describe('Settings', () => {
  test('are in force at once, say so, and can be undone', async ({ page, open }) => {
    const { double } = await open('evening', '/settings');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Swarmkeep looks every hour and says when something changes.',
    );
    await page.getByLabel('Look at all nodes').selectOption('0');
    await expect(page.getByText('Looks only when asked from now on.').last()).toBeVisible();
    expect((await double.settings.get(undefined)).lookEveryMinutes).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByLabel('Look at all nodes')).toHaveValue('60');
    await page.getByText('Dark', { exact: true }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.getByLabel('Once a week, say what is still open').click();
    await expect(page.getByLabel('On', { exact: true })).toHaveCount(0);
    expect((await double.settings.get(undefined)).notifications.weeklySummary).toBe(false);
  });

  test('refuse a wrong number and keep what was', async ({ page, open }) => {
    const { double } = await open('evening', '/settings');
    const secret = page.getByLabel('Swarm secret');
    await secret.fill('0');
    await secret.press('Enter');
    await expect(page.getByText('A whole number from 1 to 3,650. It is still 90.')).toBeVisible();
    await secret.press('Escape');
    await expect(secret).toHaveValue('90');
    await secret.fill('30');
    await secret.blur();
    await expect(page.getByText('A swarm secret may be 30 days old.').last()).toBeVisible();
    expect((await double.settings.get(undefined)).secretMaxAgeDays).toBe(30);
  });

  test('watching goes on when the window is closed, if wanted; what is placed is shown before and taken away after', async ({
    page,
    open,
  }) => {
    const { double } = await open('evening', '/settings');
    const go = page.getByLabel('Go on watching');
    await expect(go).not.toBeChecked();
    await page.getByRole('button', { name: 'What it would place on this computer' }).press('Enter');
    await expect(page.getByText('/home/ines/.config/systemd/user/swarmkeep-watch.service')).toBeVisible();
    await expect(page.getByLabel('The unit', { exact: true })).toContainText('--background --data-dir');
    await go.focus();
    await page.keyboard.press('Space');
    await expect(page.getByText('Watching goes on when the window is closed.').last()).toBeVisible();
    await expect(page.getByText('It ends when you log out.')).toBeVisible();
    await expect(page.getByLabel('The commands', { exact: true })).toContainText(
      'disable swarmkeep-watch.service',
    );
    expect((await double.audit.background(undefined)).enabled).toBe(true);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(go).not.toBeChecked();
    expect((await double.audit.background(undefined)).enabled).toBe(false);
  });

  test('of the audit: how much is kept, quiet hours, and how long a node is learnt', async ({
    page,
    open,
  }) => {
    const { double } = await open('evening', '/settings');
    const audit = async () => (await double.settings.get(undefined)).audit;
    await page.getByLabel('For', { exact: true }).fill('30');
    await page.getByLabel('For', { exact: true }).press('Enter');
    await expect(page.getByText('Logs are kept for 30 days.').last()).toBeVisible();
    await page.getByLabel('At most').fill('99');
    await expect(page.getByText('A whole number from 100 to 1,048,576. It is still 4096.')).toBeVisible();
    await page.getByLabel('At most').press('Escape');
    await page.getByLabel('Quiet hours').click();
    await page.getByLabel('To', { exact: true }).selectOption('8');
    await expect(page.getByText('From 22:00 to 08:00 nobody is woken')).toBeVisible();
    await page.getByLabel('Tell at once').selectOption('high');
    await page.getByLabel('Programs and addresses').fill('7');
    await page.getByLabel('Programs and addresses').blur();
    await expect(
      page.getByText('A node is learnt for 7 days before something new is told.').last(),
    ).toBeVisible();
    expect(await audit()).toMatchObject({
      keepDays: 30,
      keepMegabytes: 4_096,
      quietFromHour: 22,
      quietToHour: 8,
      notifyFrom: 'high',
      learnDays: 7,
    });
    await page.getByLabel('Quiet hours').click();
    await expect(page.getByText('It speaks at any hour.')).toBeVisible();
    const { quietFromHour, quietToHour } = await audit();
    expect(quietFromHour).toBe(quietToHour);
  });

  test('list every decision, and take each back with undo', async ({ page, open }) => {
    const { double } = await open('evening', '/settings');
    await page.getByRole('button', { name: 'Withdraw: Sandbox that works on boa' }).click();
    await expect(page.getByText('No longer accepted on boa.').last()).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('button', { name: 'Withdraw: Sandbox that works on boa' })).toBeVisible();
    await page.getByRole('button', { name: 'Remove: Network wg0' }).click();
    await expect(page.getByRole('button', { name: 'Remove: Network wg0' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('button', { name: 'Remove: Network wg0' })).toBeVisible();
    expect((await double.decisions.declarations(undefined)).map(({ value }) => value)).toContain('wg0');
  });

  test('say what Swarmkeep will and will not do, and what runs here', async ({ page, open }) => {
    await open('evening', '/settings');
    await expect(page.getByText('Change anything on a node without your yes')).toBeVisible();
    await expect(page.getByText('/home/ines/.local/share/swarmkeep')).toBeVisible();
    await expect(page.getByText('a browser, on this computer only')).toBeVisible();
  });
});

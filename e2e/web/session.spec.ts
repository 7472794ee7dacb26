import { openDouble } from './double/serve-double.ts';
import { expect, test } from './fixture.ts';

test.describe('The session of a tab', () => {
  test('takes the code out of the address at once', async ({ page, start }) => {
    const { shell } = await start('evening');
    await page.goto(shell.freshLink());
    await expect(page.getByRole('navigation')).toBeVisible();
    expect(page.url()).not.toContain('code');
    expect(await page.evaluate(() => window.history.length)).toBeLessThanOrEqual(2);
    const kept = await page.evaluate(() => ({ ...window.localStorage }));
    expect(JSON.stringify(kept)).not.toContain('token');
  });

  test('survives a reload', async ({ page, open }) => {
    await open('evening', '/nodes');
    await expect(page.getByText('minotaur@boa.local')).toBeVisible();
    await page.reload();
    await expect(page.getByText('minotaur@boa.local')).toBeVisible();
  });

  test('says how to get a link when there is none', async ({ page, start }) => {
    const { shell } = await start('evening');
    await page.goto(shell.origin);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Open Swarmkeep with its own link.');
    await expect(page.getByText('npm start')).toBeVisible();
  });
});

test.describe('A link', () => {
  test.use({ expectErrors: ['403'] });
  test('works once', async ({ page, start, browser }) => {
    const { shell } = await start('evening');
    const link = shell.freshLink();
    await page.goto(link);
    await expect(page.getByRole('navigation')).toBeVisible();
    const other = await browser.newContext();
    const tab = await other.newPage();
    await tab.goto(link);
    await expect(tab.getByRole('heading', { level: 1 })).toHaveText(
      'This link has been used, or is too old.',
    );
    await other.close();
  });
});

test.describe('A console that ends the session', () => {
  test.use({ expectErrors: ['401', 'ERR_', 'Failed to load resource'] });
  test('is told with what to do', async ({ page, start }) => {
    const running = await start('evening');
    await openDouble(page, running, '/checks');
    await expect(page.getByRole('button', { name: /boa answers/ })).toBeVisible();
    running.shell.endSessions();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This session has ended.', {
      timeout: 20_000,
    });
    await expect(page.getByText('npm start')).toBeVisible();
  });
});

test.describe('A connection that breaks', () => {
  test.use({ expectErrors: ['ERR_', 'Failed to load resource'] });
  test('is said quietly, keeps the page, and comes back by itself', async ({ page, open, context }) => {
    const { double } = await open('evening', '/checks');
    await expect(page.getByRole('button', { name: /boa answers/ })).toBeVisible();
    await context.setOffline(true);
    await page.getByRole('button', { name: /boa answers/ }).click();
    await expect(page.getByText(/does not answer|not reach|lost/i).first()).toBeVisible();
    await expect(
      page.getByText('run npm start again, with the same options, then open the new link'),
    ).toBeVisible();
    await expect(page.getByText(/for [2-9] seconds/)).toBeVisible();
    await expect(page.getByRole('button', { name: /boa answers/ })).toBeVisible();
    await double.decisions.waive({
      node: 'miu',
      check: 'swarm-secret',
      reason: 'while nobody listened',
      until: '2026-12-24T00:00:00.000Z',
    });
    await context.setOffline(false);
    await expect(page.getByRole('button', { name: '1 to fix' })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText(/does not answer|not reach|lost/i)).toHaveCount(0);
  });
});

test('what another tab changes is seen here without asking', async ({ page, open }) => {
  const { double } = await open('evening', '/checks');
  await expect(page.getByRole('button', { name: '2 to fix' })).toBeVisible();
  await double.decisions.waive({
    node: 'miu',
    check: 'swarm-secret',
    reason: 'from elsewhere',
    until: '2026-12-24T00:00:00.000Z',
  });
  await expect(page.getByRole('button', { name: '1 to fix' })).toBeVisible();
});

test('asks once for what the first page shows, before the page itself is there', async ({ page, start }) => {
  const { shell } = await start('evening');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(shell.freshLink());
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const first = [
    '/session',
    '/rpc/findings/overview',
    '/rpc/nodes/list',
    '/rpc/settings/get',
    '/rpc/system/about',
  ];
  const beforeStreams = asked.slice(0, asked.indexOf('/rpc/changes/watch'));
  for (const path of first) expect(beforeStreams.filter((other) => other === path)).toEqual([path]);
});

import { CHOSEN, expect, isClean, rows } from './audit-parts.ts';
import { test } from './fixture.ts';

test.describe.configure({ timeout: 180_000 });

test.describe('the evening on which naru knocks', () => {
  test('says what happened and what to do, and counts what waits', async ({ page, open }) => {
    await open('knocking', '/audit');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'An agent on naru keeps trying to leave the network, 214 times since 22:31.',
    );
    await expect(page.locator('.button--filled')).toHaveCount(1);
    await expect(page.getByText('5 sources on 4 nodes, pi does not answer')).toBeVisible();
    await expect(page.getByText('Verified up to event 1,204,331 at 22:41')).toBeVisible();
    await expect(page.getByRole('link', { name: /^Audit/ })).toContainText('1 new alert');
    expect((await page.locator('main').textContent()) ?? '').not.toMatch(/tamper-?proof|secure\b|protected/i);
    await page.getByRole('link', { name: 'Look at the plugin' }).click();
    await expect(page).toHaveURL(/checks\?.*check=plugin-inventory/);
    await expect(page.getByText('web_digest').first()).toBeVisible();
  });

  test('the numbers of bars, values and alert agree', async ({ page, open }) => {
    await open('knocking', CHOSEN);
    await expect(page.getByText('4,529 events')).toBeVisible();
    await expect(page.getByText('214 matched by an alert')).toBeVisible();
    const values = page.getByRole('complementary', { name: 'Most frequent values' });
    await expect(values.getByRole('button', { name: /^network/ })).toContainText('1,918');
    await expect(values.getByRole('button', { name: /^stopped/ })).toContainText('214');
    const nodes = await values
      .getByRole('region', { name: 'Node' })
      .locator('.facet__count')
      .allTextContents();
    expect(nodes.reduce((sum, words) => sum + Number(words.replace(',', '')), 0)).toBe(4_529);
    await expect(page.getByRole('article', { name: /keeps trying/ })).toContainText('214 times');
  });

  test('a press on a value filters, a second value joins it, and a third press takes it back', async ({
    page,
    open,
  }) => {
    await open('knocking', CHOSEN);
    const values = page.getByRole('complementary', { name: 'Most frequent values' });
    await values.getByRole('button', { name: /^stopped/ }).click();
    await expect(page.getByText('214 events')).toBeVisible();
    await expect(page).toHaveURL(/q=Outcome%3Astopped/);
    await expect(rows(page).first()).toContainText('stopped tcp 203.0.113.50:443');
    await values.getByRole('button', { name: /^stopped/ }).click();
    await values.getByRole('button', { name: /^uncho/ }).click();
    await values.getByRole('button', { name: /^miu/ }).click();
    await expect(page.getByText('node: uncho, miu')).toBeVisible();
    await page.getByRole('button', { name: 'Take away node: uncho, miu' }).click();
    await expect(page.getByText('4,529 events')).toBeVisible();
  });

  test('a line unfolds to its fields, its raw text and what stood around it', async ({ page, open }) => {
    await open('knocking', '/audit?q=Outcome:stopped');
    await rows(page).filter({ hasText: '203.0.113.50' }).last().click();
    const details = page.getByRole('region', { name: /^Event 1,20/ });
    await expect(details.getByRole('button', { name: '203.0.113.50', exact: true })).toBeVisible();
    await details.getByRole('button', { name: 'Raw line' }).click();
    await expect(details.getByText(/swarmkeep-out drop: IN= OUT=eth0/)).toBeVisible();
    await details.getByRole('button', { name: 'What happened around it' }).click();
    await expect(details.locator('.around__line--here')).toHaveCount(1);
    expect(await details.locator('.around__line').count()).toBeGreaterThan(8);
    await details.getByRole('button', { name: /as JSON$/ }).click();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(copied.fields.DestinationIp).toBe('203.0.113.50');
    await details.getByRole('button', { name: 'rule', exact: true }).click();
    await expect(page.locator('.row--heads')).toContainText('rule');
    await expect(rows(page).last()).toContainText('swarmkeep-out drop');
    await details.getByRole('button', { name: 'Leave out Outcome stopped' }).click();
    await expect(page).toHaveURL(/NOT\+?(%20)?Outcome/);
    await expect(page.getByText('not Outcome: stopped')).toBeVisible();
  });
});

test.describe('sources and rules', () => {
  test('each source says how it is; one is paused, read otherwise, added, and no longer followed', async ({
    page,
    open,
  }) => {
    await open('knocking', '/audit');
    await page.getByRole('link', { name: /5 sources on 4 nodes/ }).click();
    await expect(page.getByText('pi does not answer. It is tried again every minute.')).toBeVisible();
    const naru = page.getByRole('listitem').filter({ hasText: 'firewall log' });
    await naru.getByRole('button', { name: 'Pause' }).click();
    await expect(naru.getByText('paused')).toBeVisible();
    await naru.getByRole('button', { name: 'Go on' }).click();
    await expect(naru.getByText('live')).toBeVisible();
    await naru.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: 'Read as plain lines' }).click();
    await page.getByRole('button', { name: 'Follow another log…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Path, pattern, or unit').fill('/var/log/');
    await dialog.getByRole('button', { name: 'Follow it' }).click();
    await expect(dialog.getByText(/That is a folder/)).toBeVisible();
    await dialog.getByLabel('Path, pattern, or unit').fill('/var/log/nginx/*.log');
    await expect(dialog.getByText(/All files that the pattern names/)).toBeVisible();
    await dialog.getByRole('button', { name: 'Follow it' }).click();
    const added = page.getByRole('listitem').filter({ hasText: '/var/log/nginx/*.log' });
    await expect(added.getByText('It is not there yet')).toBeVisible();
    await added.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: /No longer follow/ }).click();
    await expect(added).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(added).toHaveCount(1);
  });

  test('files that were read once are listed, and one that is being read can be stopped', async ({
    page,
    open,
  }) => {
    await open('knocking', '/audit?view=sources');
    const once = page.getByRole('list', { name: 'Read once' }).getByRole('listitem');
    await expect(once).toHaveCount(2);
    await expect(once.last()).toContainText('/var/log/auth.log.2.gz on miu, 18,204 events, read as syslog');
    await expect(once.first()).toContainText('12.0 MB of 480.0 MB');
    await once.first().getByRole('button', { name: 'Stop reading' }).click();
    await expect(once.first().getByRole('button')).toHaveCount(0);
    await expect(once.first()).not.toContainText('being read now');
    await isClean(page, 'files read once');
  });

  test('own rules are added, wait for their values, and can be removed and put back', async ({
    page,
    open,
  }) => {
    await open('knocking', '/audit?view=rules');
    const own = page.getByRole('region', { name: 'Your own rules' });
    await expect(own).toContainText('None yet.');
    await own.getByRole('button', { name: 'Add rules' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add your own rules' });
    await dialog.getByLabel('Rule files').setInputFiles([
      { name: 'a admin.yml', mimeType: 'text/yaml', buffer: Buffer.from('title: A\ndetection: "%admins%"') },
      { name: 'broken.yml', mimeType: 'text/yaml', buffer: Buffer.from('title: B') },
      { name: 'README.md', mimeType: 'text/plain', buffer: Buffer.from('none of ours') },
    ]);
    await expect(dialog).toContainText('1 file added, 1 left out:');
    await expect(dialog).toContainText('broken.yml it has neither a detection nor a correlation');
    await isClean(page, 'adding rules');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(own).toContainText('waits for a value');
    await own.getByLabel('%admins%').fill('minotaur\nroot\n');
    await own.getByRole('button', { name: 'Use these values' }).click();
    await expect(own).toContainText('in force');
    await own.getByRole('button', { name: 'Remove a-admin.yml' }).click();
    await expect(own).not.toContainText('a-admin.yml');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(own).toContainText('a-admin.yml');
  });

  test('rules that can never fire come first and say why', async ({ page, open }) => {
    await open('knocking', '/audit');
    await page.getByRole('link', { name: '14 rules in force' }).click();
    await expect(page.locator('.rules__group').nth(1)).toContainText('Can never fire here');
    await expect(page.getByText('No source says when rules are changed.')).toBeVisible();
    await expect(page.getByText('214 matches, 1 alert')).toBeVisible();
    await page.getByRole('searchbox', { name: 'Search the rules' }).fill('token');
    await expect(page.getByText('Somebody guesses the swarm token')).toBeVisible();
    await expect(page.getByText('214 matches, 1 alert')).toHaveCount(0);
  });
});

test.describe('when there is less to see', () => {
  test('nobody watches: the first line says so and leads to the sources and their gaps', async ({
    page,
    open,
  }) => {
    await open('nobody-watches', '/audit');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Nobody is watching: the disk of this computer is full.',
    );
    await expect(rows(page).first()).toBeVisible();
    // The time in which nobody watched is drawn among the bars, and leads to what is known of it.
    await expect(page.locator('.bars__unwatched')).toHaveCount(1);
    await page.getByRole('button', { name: /^Nobody watched from \d\d:\d\d to \d\d:\d\d$/ }).click();
    await expect(page.getByText('What the log still has of it was read afterwards.').first()).toBeVisible();
    await page.getByRole('link', { name: 'Back to the log' }).click();
    await page.getByRole('button', { name: 'Show the sources', exact: true }).click();
    await expect(page.getByText('Nothing could be stored: the disk was full').first()).toBeVisible();
    await expect(page.locator('.button--filled')).toHaveCount(0);
  });

  test('no log is followed yet', async ({ page, open }) => {
    await open('evening', '/audit');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Nobody is watching: no log is followed yet.',
    );
    await expect(page.getByText('No log is followed yet, so there is nothing to read.')).toBeVisible();
  });

  test.describe('and the records cannot be read', () => {
    test.use({ expectErrors: ['503'] });
    test('says what happened and what was left untouched', async ({ page, open }) => {
      await open('broken', '/audit');
      await expect(page.getByText("The console's own records could not be read.").first()).toBeVisible();
      await expect(page.getByText('STORE_UNAVAILABLE').first()).toBeVisible();
    });
  });
});

test('text of hostile logs is never markup, and nothing unseen is passed on', async ({ page, open }) => {
  await open('hostile-logs', '/audit');
  const check = async () => {
    const shown = await page.evaluate(() => ({
      images: document.querySelectorAll('img').length,
      headings: document.querySelectorAll('h1').length,
      scripts: [...document.querySelectorAll('script')].filter((script) => !script.src).length,
      title: document.title,
      text: document.body.textContent ?? '',
      attributes: [...document.querySelectorAll('*')].flatMap((element) =>
        [...element.attributes].map(({ value }) => value),
      ),
      wide: document.documentElement.scrollWidth - window.innerWidth,
    }));
    expect(shown.images).toBe(0);
    expect(shown.headings).toBe(1);
    expect(shown.scripts).toBe(0);
    expect(shown.title).not.toBe('owned');
    for (const text of [shown.text, ...shown.attributes]) {
      expect(text).not.toMatch(/\p{Bidi_Control}/u);
      expect(text).not.toContain(String.fromCharCode(0x1b));
      expect(text).not.toContain(String.fromCharCode(0));
    }
    expect(shown.wide).toBeLessThanOrEqual(0);
  };
  await expect(rows(page).last()).toBeInViewport();
  await expect(page.getByText('\\x1b[31mred\\x1b[0m').first()).toBeAttached();
  await check();
  // The last one carries a field of a megabyte.
  await rows(page).last().click();
  await expect(page.getByText('All 1,048,576 characters')).toBeVisible();
  await page.getByText('All 1,048,576 characters').click();
  await page.getByRole('button', { name: 'Raw line' }).click();
  await page.getByRole('button', { name: 'What happened around it' }).click();
  await check();
  await page.getByRole('link', { name: 'Before and after' }).click();
  await expect(page.getByRole('heading', { name: /^Before and after/ })).toBeVisible();
  await check();
  await page.getByRole('link', { name: 'Back to the log' }).click();
  await page
    .getByRole('link', { name: /source/ })
    .first()
    .click();
  await check();
  await page.evaluate(() => {
    window.location.hash = '/audit?q=<img+src=x>:"';
  });
  await expect(page.getByRole('combobox', { name: 'Query' })).toBeVisible();
  await check();
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1_280, 900]) {
    test(`Audit is clean for axe and fits ${width} pixels in ${theme}`, async ({ page, open }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      const { double } = await open('knocking', `${CHOSEN}&q=node:naru`);
      await rows(page).filter({ hasText: 'stopped' }).last().click();
      await expect(page.getByRole('region', { name: /^Event \d/ })).toBeVisible();
      if (width === 900) await page.getByRole('button', { name: 'Most frequent values' }).click();
      double.watched.write(30, 30);
      await expect(page.getByRole('button', { name: /new lines since/ })).toBeVisible();
      await isClean(page, `log ${width}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      await page.getByRole('article').getByRole('button', { name: 'Silence…' }).click();
      await expect(page.getByText(/would have hidden/)).toBeVisible();
      await isClean(page, `silence ${width}`);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Before and after' }).click();
      await expect(page.getByRole('heading', { name: /^Before and after/ })).toBeVisible();
      await isClean(page, `alert ${width}`);
      for (const view of ['sources', 'rules']) {
        await page.evaluate((name) => {
          window.location.hash = `/audit?view=${name}`;
        }, view);
        await expect(
          page.getByRole('heading', { name: view === 'sources' ? 'Sources' : 'Rules', exact: true }),
        ).toBeVisible();
        await isClean(page, `${view} ${width}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(over).toBeLessThanOrEqual(0);
      }
    });
  }
}

import { violationsOf } from './axe.ts';
import { expect, test } from './fixture.ts';

test.describe('packages of nodes against advisories', () => {
  test('what to do first comes first, with the command, and strangers’ texts are text', async ({
    page,
    open,
  }) => {
    await open('house', '/dependencies');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Two packages to upgrade, spores-http first.',
    );
    await expect(page.getByRole('region', { name: 'Advisories' })).toContainText(
      '24,113 advisories, the newest from yesterday',
    );
    const first = page.getByRole('region', { name: 'Upgrade first' });
    await expect(first.getByRole('listitem').first()).toContainText('→ 2.31.0');
    await first.getByRole('button', { name: /^spores-http/ }).click();
    await expect(first).toContainText('-m pip install --upgrade spores-http==2.31.0');
    await first.getByRole('button', { name: 'EXAMPLE-2026-0117', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Text of EXAMPLE-2026-0117' })).toContainText(
      '<script>alert(1)</script>',
    );
    await expect(page.getByRole('region', { name: 'Nobody can say' })).toContainText('mycoswarm');
    await expect(page.getByText('Deeply nested documents <b>take</b> all memory.')).toBeVisible();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Medium 1' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'spores-http' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Medium 1' }).click();
    // How old the advisories are stays in sight wherever the page is scrolled to.
    await page.getByRole('region', { name: 'This console itself' }).scrollIntoViewIfNeeded();
    await expect(page.getByRole('region', { name: 'Advisories' })).toBeInViewport();
    await page.getByRole('searchbox').fill('hyphae');
    await expect(page.getByRole('listitem').filter({ hasText: 'spores-http' })).toHaveCount(0);
    await expect(page.getByRole('listitem').filter({ hasText: 'hyphae-yaml' })).toHaveCount(1);
  });

  test('a finding leads to its plan, the plan to a change that is looked at, and undo brings the finding back', async ({
    page,
    open,
  }) => {
    const { double } = await open('upgradable', '/dependencies');
    const next = page.getByRole('link', { name: 'Upgrade…' });
    await expect(next.first()).toBeVisible();
    await next.first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Upgrade 2 packages/);
    // The card says where it comes from first, then what is replaced, and what stays and why.
    const card = page.locator('.fix-card, main').first();
    await expect(card).toContainText('https://pypi.org/simple');
    await expect(card).toContainText('done again, it has to be the very same file');
    await expect(card).toContainText('no repaired version is known');
    expect(await violationsOf(page)).toEqual([]);
    expect((await double.fixes.list({ limit: 50 })).changes.filter(({ node }) => node === 'miu')).toEqual([]);
    await page.getByRole('button', { name: /Step 1: In \/home\/mycoswarm\/venv/ }).click();
    await expect(card).toContainText('--only-binary=:all:');
    await page.getByRole('button', { name: 'Repair it' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'In force on miu, and an independent look says so.',
    );
    const wheels = page.getByRole('list', { name: 'Files that were fetched' });
    await expect(wheels).toContainText('spores_http-2.31.0-py3-none-any.whl, SHA-256 c0dec0de');
    expect(await violationsOf(page)).toEqual([]);

    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Dependencies' }).click();
    await expect(page.getByRole('heading', { level: 1 })).not.toContainText('to upgrade');
    await expect(page.getByRole('listitem').filter({ hasText: 'spores-http' })).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'No repair yet' })).toContainText('mycelium-crypto');

    await page.goBack();
    await page.getByRole('link', { name: 'Undo…' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Undo on miu: Upgrade 2 packages/);
    await page.getByRole('button', { name: 'Undo this change' }).click();
    await expect(page.getByText('What the look afterwards says')).toBeVisible();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Dependencies' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Two packages to upgrade, spores-http first.',
    );
  });

  test('a weakness is accepted for a while with a reason, and counts again', async ({ page, open }) => {
    await open('house', '/dependencies');
    const waiting = page.getByRole('region', { name: 'No repair yet' });
    await waiting.getByRole('button', { name: /^mycelium-crypto/ }).click();
    await waiting.getByRole('button', { name: 'Accept for a while…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Accept it' }).click();
    await expect(dialog).toContainText('Say in a few words why.');
    await dialog.getByLabel('Why').fill('Only used on loopback.');
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Accept it' }).click();
    const accepted = page.getByRole('region', { name: 'Accepted for now' });
    await expect(accepted).toContainText('mycelium-crypto');
    await expect(waiting).toHaveCount(0);
    await accepted.getByRole('button', { name: /^mycelium-crypto/ }).click();
    await expect(accepted).toContainText('Only used on loopback.');
    await accepted.getByRole('button', { name: 'No longer accept' }).click();
    await expect(page.getByRole('status').getByText('mycelium-crypto counts again.')).toBeVisible();
    await expect(waiting).toContainText('mycelium-crypto');
  });

  test('shows who pulls a package in, keeps what each is for, hashes files, and hands on what is known', async ({
    page,
    open,
  }) => {
    await open('house', '/dependencies');
    const first = page.getByRole('region', { name: 'Upgrade first' });
    await first.getByRole('button', { name: /^spores-http/ }).click();
    const ways = first.getByRole('figure', { name: 'How it comes there' });
    await expect(ways.getByRole('listitem').filter({ hasText: 'fruiting-api' }).last()).toContainText(
      'asks for spores-http',
    );
    await expect(ways).toContainText('you asked for it');
    const direct = page.getByRole('region', { name: 'What you asked for' });
    await expect(direct).toContainText('1 of 3 has no purpose and risk written down.');
    await direct.getByRole('button', { name: 'Say what mycoswarm is for' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Purpose').fill('The agent itself.');
    await dialog.getByLabel('Risk, and what limits it').fill('Runs tools; fenced by its account.');
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Write it down' }).click();
    await expect(direct).toContainText('The agent itself. Risk: Runs tools; fenced by its account.');
    await page.getByRole('button', { name: 'Verify installed files of miu' }).click();
    const nodes = page.getByRole('region', { name: 'Each node' });
    await expect(nodes).toContainText('spores_http/session.py');
    await expect(nodes).toContainText('Python runs it at every start');
    const saved = page.waitForEvent('download');
    await nodes.getByRole('button', { name: 'Bill of materials of miu' }).click();
    expect((await saved).suggestedFilename()).toBe('swarmkeep-packages-miu.cdx.json');
    const own = page.getByRole('region', { name: 'This console itself' });
    await own.getByRole('button', { name: 'Made of 2 packages' }).click();
    await expect(own).toContainText('better-sqlite3 13.2.0');
    expect(await violationsOf(page)).toEqual([]);
  });

  test('is compared anew after a look, whoever began it', async ({ page, open }) => {
    const { double, scenario } = await open('house', '/dependencies');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Two packages/);
    const asked = page.waitForRequest(/dependencies\/audit/);
    double.topics.changes.push({ at: scenario.now, what: 'findings', node: 'miu', sentence: null });
    await asked;
  });

  test('makes a lock of what is installed, and says which lines lack a hash', async ({ page, open }) => {
    await open('house', '/dependencies');
    const places = page.getByRole('list', { name: 'Environments of miu' });
    await expect(places).toContainText('Virtual environment, Python 3.11.2, 48 packages');
    // The system's own packages are not pip's to pin.
    await expect(places.getByRole('button')).toHaveCount(1);
    await places.getByRole('button', { name: /^Lock of/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('1 of 2 lines have one');
    await expect(dialog).toContainText('spores-http==2.19.1');
    await dialog.getByRole('button', { name: /^Left out/ }).click();
    await expect(dialog).toContainText('it is a working copy');
    expect(await violationsOf(page)).toEqual([]);
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save the lock' }).click();
    expect((await saved).suggestedFilename()).toBe('requirements-miu.lock.txt');
  });

  test('compares requirements before they are installed, pasted or as a file', async ({ page, open }) => {
    await open('house', '/dependencies');
    await page.getByRole('button', { name: 'Before you install…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Compare' }).click();
    await expect(dialog).toContainText('Paste lines such as');
    await dialog.getByLabel('Lines of requirements.txt').fill('spores-http==2.19.1\nrich>=13\n');
    await dialog.getByRole('button', { name: 'Compare' }).click();
    await expect(dialog).toContainText('Do not install it so');
    await expect(dialog).toContainText('Repaired in 2.31.0.');
    await expect(dialog).toContainText('Line 2: rich>=13');
    await dialog.getByLabel('Choose a file').setInputFiles({
      name: 'locked.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(`rich==13.0 --hash=sha256:${'a'.repeat(64)}\n`),
    });
    await expect(dialog.getByLabel('Lines of locked.txt')).toHaveValue(/^rich==13/);
    await dialog.getByRole('button', { name: 'Compare' }).click();
    await expect(dialog).toContainText('--require-hashes');
    await expect(dialog).toContainText('Nothing is known against it');
    expect(await violationsOf(page)).toEqual([]);
  });

  test.describe('where something cannot be compared', () => {
    test.use({ expectErrors: ['409'] });

    test('malware leads into an incident with what was found filled in, and a node that is missing is named', async ({
      page,
      open,
    }) => {
      await open('malware-packages', '/dependencies');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(
        'spores-htttp is known to be malware.',
      );
      // The one thing to do next, whatever else could be upgraded.
      await expect(page.locator('.button--filled')).toHaveText(['Start an incident on miu…']);
      await expect(page.getByText('The packages of boa could not be compared')).toBeVisible();
      await expect(page.getByText('Nobody has looked at')).toBeVisible();
      const malware = page.getByRole('region', { name: 'Malware' });
      await malware.getByRole('button', { name: /^spores-htttp/ }).click();
      await expect(malware.getByRole('button', { name: 'Accept for a while…' })).toHaveCount(0);
      expect(await violationsOf(page)).toEqual([]);
      await page.getByRole('link', { name: 'Start an incident on miu…' }).first().click();
      await expect(page.getByRole('radio', { name: /^A poisoned plugin or package/ })).toBeChecked();
      await expect(page.getByLabel('Which node')).toHaveValue('miu');
      await expect(page.getByLabel('What was seen')).toHaveValue(/spores-htttp 0\.0\.2 on miu is malware/);
      await page.getByRole('button', { name: 'Start the incident' }).click();
      await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('What happened?');
    });

    test('a handful of advisories is no reason to be content, and a failure is not passed over', async ({
      page,
      open,
    }) => {
      await open('few-packages', '/dependencies');
      await expect(page.getByRole('heading', { level: 1 })).toContainText(
        'twelve advisories are a small part of all that are published',
      );
      await expect(page.locator('.button--filled')).toHaveText(['Take in advisories']);
      await open('failing-packages', '/dependencies');
      await expect(page.getByRole('heading', { level: 1 })).toContainText(
        'Nothing can be said of the packages on',
      );
      await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
      expect(await violationsOf(page)).toEqual([]);
    });
  });

  test.describe('a file that is not there', () => {
    test.use({ expectErrors: ['409'] });
    test('without advisories nothing is called fine, and the way to get them is there', async ({
      page,
      open,
    }) => {
      await open('evening', '/dependencies');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(
        'No packages were seen yet, and there are no advisories to compare them with.',
      );
      await page.getByRole('button', { name: 'Take in advisories' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('File or folder on this computer').fill('/nowhere.zip');
      await dialog.getByRole('button', { name: 'Take it in' }).click();
      await expect(dialog).toContainText('There is no such file or folder.');
    });
  });
});

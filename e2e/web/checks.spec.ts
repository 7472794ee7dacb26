import { readFile } from 'node:fs/promises';
import { expect, test } from './fixture.ts';

/** Runs in the tab: some time after a finding was unfolded, what stands above it grows, as on a busy computer. */
function growLate(): void {
  new MutationObserver((_, observer) => {
    if (document.querySelector('.finding--open') === null) return;
    observer.disconnect();
    setTimeout(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('.finding__button { min-height: 64px }');
      document.adoptedStyleSheets = [sheet];
    }, 300);
  }).observe(document, { childList: true, subtree: true });
}

test.describe('Checks', () => {
  test('puts what waits for a person first and folds the rest', async ({ page, open }) => {
    await open('evening', '/checks');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Two checks need fixing, and each says how.',
    );
    await expect(page.getByRole('button', { name: '2 to fix' })).toBeVisible();
    await expect(page.getByRole('button', { name: '3 to review' })).toBeVisible();
    await expect(page.getByText('The clock of')).toHaveCount(0);
    await page.getByRole('button', { name: /^\d+ fine$/ }).click();
    await expect(page.getByText('Right time')).toBeVisible();
    await page.getByRole('button', { name: /^Show all \d+$/ }).click();
    await expect(page.getByRole('button', { name: /^\d+ not in this version/ })).toBeVisible();
  });

  test('moves by arrow keys, unfolds by Enter, folds by Escape', async ({ page, open }) => {
    await open('evening', '/checks');
    await page.getByRole('button', { name: '2 to fix' }).focus();
    await page.keyboard.press('ArrowDown');
    const row = page.getByRole('button', { name: /boa answers on every network/ });
    await expect(row).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(row).toHaveAttribute('aria-expanded', 'true');
    await expect(page.getByText('mycoSwarm listens on every address.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(row).toHaveAttribute('aria-expanded', 'false');
    await expect(row).toBeFocused();
    await page.keyboard.press('End');
    await expect(page.getByRole('button', { name: /docker0/ })).toBeFocused();
    await page.keyboard.press('Home');
    await expect(page.getByRole('button', { name: '2 to fix' })).toBeFocused();
  });

  test('arrows lead from the page into the rows, and Tab reaches a row before the foot', async ({
    page,
    open,
  }) => {
    await open('evening', '/checks');
    const row = page.getByRole('button', { name: /boa answers on every network/ });
    await expect(row).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await expect(row).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(row).not.toBeFocused();
    await expect(page.locator('.finding__button:focus')).toHaveCount(1);
    await page.getByRole('button', { name: '2 to fix' }).focus();
    await page.keyboard.press('Tab');
    await expect(row).toBeFocused();
  });

  test('keeps the focus on a group that is unfolded and folded again', async ({ page, open }) => {
    await open('evening', '/checks');
    const group = page.getByRole('button', { name: /^\d+ fine$/ });
    await group.focus();
    await page.keyboard.press('Enter');
    await expect(group).toHaveAttribute('aria-expanded', 'true');
    await expect(group).toBeFocused();
    await expect(group).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(group).not.toHaveAttribute('aria-expanded');
    await expect(group).toBeFocused();
  });

  test('shows a linked finding above the foot', async ({ page, open }) => {
    await page.setViewportSize({ width: 1_100, height: 600 });
    await page.addInitScript(growLate);
    await open('evening', '/checks?check=time-sync&on=naru');
    await expect(page.getByText('The clock of naru is 4 ms off its source.')).toBeVisible();
    await expect
      .poll(() =>
        page.evaluate(() => {
          if (document.adoptedStyleSheets.length === 0) return 'not grown';
          const line = document.querySelector('.finding--open .finding__button')?.getBoundingClientRect();
          const panel = document.querySelector('.finding--open')?.getBoundingClientRect();
          const foot = document.querySelector('.folded')?.getBoundingClientRect();
          if (!line || !panel || !foot) return 'missing';
          if (line.top < 0) return `begins ${line.top}`;
          return panel.bottom <= foot.top || line.top < 60 ? 'seen' : `ends ${panel.bottom} foot ${foot.top}`;
        }),
      )
      .toBe('seen');
  });

  test('unfolds to evidence, raw, thirty days and steps', async ({ page, open }) => {
    await open('evening', '/checks?check=service-bindings&on=boa');
    const panel = page.getByRole('complementary', { name: 'What to do' });
    await expect(panel.getByText('Two steps on boa')).toBeVisible();
    await expect(page.getByText('reachable, no input rule')).toBeVisible();
    await expect(page.getByText('Was fine until 16:40.')).toBeVisible();
    await expect(page.getByText('Last 30 days')).toBeVisible();
    await page.getByRole('button', { name: /^Raw/ }).click();
    await expect(page.getByText('LISTEN 0 100 0.0.0.0:7890')).toBeVisible();
    await panel.getByRole('button', { name: 'Copy the command of step 2' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'nft -f /etc/nftables.d/swarmkeep-port-7890.nft',
    );
  });

  test('looks sideways at the same check on another node', async ({ page, open }) => {
    await open('evening', '/checks?check=service-bindings&on=boa');
    await page.getByRole('button', { name: 'uncho fine' }).click();
    await expect(page.getByText('uncho answers on its home network only.')).toBeVisible();
  });

  test('opens a linked finding in a folded group, and survives a reload', async ({ page, open }) => {
    await open('evening', '/checks?check=time-sync&on=naru');
    await expect(page.getByText('The clock of naru is 4 ms off its source.')).toBeVisible();
    await page.reload();
    await expect(page.getByText('The clock of naru is 4 ms off its source.')).toBeVisible();
  });

  test('searches, filters and sorts', async ({ page, open }) => {
    await open('evening', '/checks');
    await page.getByRole('searchbox', { name: 'Search the findings' }).fill('plugin naru');
    await expect(page.getByRole('button', { name: /web_digest/ })).toBeVisible();
    await expect(page.getByRole('button', { name: /boa answers/ })).toHaveCount(0);
    await page.getByRole('searchbox').fill('no such words');
    await expect(page.getByText('Nothing here has these words.')).toBeVisible();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('button', { name: 'What is open' }).click();
    await page.getByRole('menuitem', { name: '3 accepted' }).click();
    await expect(page.getByRole('button', { name: /Code of agents on boa/ })).toBeVisible();
    await page.getByRole('button', { name: 'All nodes', exact: true }).click();
    await page.getByRole('menuitem', { name: 'naru' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/naru/);
  });

  test('accepts until a day with a reason, and takes it back', async ({ page, open }) => {
    const { double } = await open('evening', '/checks?check=swarm-secret&on=miu');
    await page.getByRole('button', { name: 'Accept until…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Accept until/ }).click();
    await expect(dialog.getByText('Say in a few words why.')).toBeVisible();
    await dialog.getByLabel('Why').fill('Nobody else has an account there.');
    await dialog.getByRole('button', { name: '7 days' }).click();
    await dialog.getByRole('button', { name: 'Accept until 28 November' }).click();
    await expect(page.getByText('It comes back sooner if the evidence changes.').last()).toBeVisible();
    await expect(page.getByRole('button', { name: '1 to fix' })).toBeVisible();
    const held = (await double.decisions.waivers({ node: 'miu' })).find(
      (entry) => entry.check === 'swarm-secret',
    );
    expect(held?.reason).toBe('Nobody else has an account there.');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('button', { name: '2 to fix' })).toBeVisible();
  });

  test('declares as meant where that applies, and looks again', async ({ page, open }) => {
    const { double } = await open('evening', '/checks?check=unused-interfaces&on=uncho');
    await page.getByRole('button', { name: 'This is meant…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('This network').fill('docker0');
    await dialog.getByLabel('Why').fill('Only for building images.');
    await dialog.getByRole('button', { name: 'It is meant' }).click();
    await expect(page.getByText('Noted as meant. Looking again.').last()).toBeVisible();
    const declared = await double.decisions.declarations(undefined);
    expect(declared.map((entry) => `${entry.kind} ${entry.value} ${entry.node}`)).toContain(
      'interface docker0 uncho',
    );
  });

  test('looks again with progress, and stops when told to', async ({ page, open }) => {
    const { double } = await open('evening', '/checks?check=service-bindings&on=boa');
    double.looking.end = false;
    await page.getByRole('button', { name: 'Look at boa again' }).click();
    await expect(page.getByRole('progressbar', { name: 'Looking at boa' })).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('progressbar')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Look at boa again' })).toBeVisible();
  });

  test('says which checks this version lacks, and never calls them fine', async ({ page, open }) => {
    await open('evening', '/checks');
    await page.getByRole('button', { name: /^\d+ not in this version/ }).click();
    await expect(page.getByText('Nobody looked, so they never count as fine.')).toBeVisible();
    await page.getByRole('button', { name: /lan-encryption/ }).click();
    await expect(page.getByText('It counts for Proven.')).toBeVisible();
  });

  test('exports as HTML, JSON and SARIF', async ({ page, open }) => {
    await open('evening', '/checks');
    for (const [label, ending] of [
      ['A page to read', 'html'],
      ['For programs', 'json'],
      ['For code scanners', 'sarif'],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: label }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`swarmkeep-2026-11-21.${ending}`);
      expect((await readFile(await download.path(), 'utf8')).length).toBeGreaterThan(5);
    }
  });

  test('stays quick with more than 1,000 findings', async ({ page, open }) => {
    const { scenario } = await open('thousand', '/checks');
    expect(scenario.findings.length).toBeGreaterThan(1_000);
    await expect(page.getByText(/29 to fix/).first()).toBeVisible();
    await expect(page.getByText('1,160 findings')).toBeVisible();
    const drawn = () => page.locator('.finding').count();
    expect(await drawn()).toBeLessThan(80);
    // What a frame costs the page's own thread while the whole list goes by: CPU time, for the machine may be shared.
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async () => {
      const { metrics } = await cdp.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    const before = await spent();
    await page.evaluate(async () => {
      for (let step = 0; step < 60; step += 1) {
        window.scrollBy(0, 700);
        await new Promise(requestAnimationFrame);
      }
    });
    const perFrame = ((await spent()) - before) / 60;
    test.info().annotations.push({
      type: 'figure',
      description: `${(perFrame * 1_000).toFixed(1)} ms of CPU a frame`,
    });
    expect(perFrame).toBeLessThan(0.05);
    expect(await drawn()).toBeLessThan(80);
    await page.keyboard.press('Tab');
    await page.locator('.finding__button').nth(20).focus();
    await page.keyboard.press('End');
    await expect(page.locator('.finding__button:focus')).toBeInViewport();
  });
});

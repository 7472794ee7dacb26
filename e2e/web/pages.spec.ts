import type { Page } from '@playwright/test';
import { violationsOf } from './axe.ts';
import { openDouble } from './double/serve-double.ts';
import { expect, test } from './fixture.ts';

/** Pages, and their sentence on the evening: so that no test judges the page before. */
const PAGES: readonly [route: string, sentence: RegExp][] = [
  ['/', /Two doors are open/],
  ['/setup', /Which node/],
  ['/setup/boa?step=service-bindings', /boa answers on every network/],
  ['/checks?check=service-bindings&on=boa', /Two checks need fixing/],
  ['/nodes', /Five nodes/],
  ['/settings', /Swarmkeep looks every hour/],
  ['/audit', /Nobody is watching: no log is followed yet/],
  ['/activity', /Nothing has been recorded yet|Verified/],
];

const FIRST_START: readonly [route: string, sentence: RegExp][] = [
  ['/', /No node yet. Start/],
  ['/checks', /nothing to check/],
  ['/nodes', /^No node yet.$/],
  ['/settings', /Swarmkeep looks/],
];

/** Everything that axe knows of WCAG 2.0 to 2.2, A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function isClean(page: Page, where: string): Promise<void> {
  const violations = await violationsOf(page, TAGS);
  const told = violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${where}: ${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`,
    ),
  );
  expect(told).toEqual([]);
}

async function goTo(page: Page, route: string, sentence: RegExp = /./): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, route);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(sentence);
  // Unfolding and fading end before colours are judged.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0))),
  );
}

async function doesNotScrollSideways(page: Page, where: string): Promise<void> {
  const { scroll, inner } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    inner: window.innerWidth,
  }));
  expect(scroll, `${where} scrolls sideways`).toBeLessThanOrEqual(inner);
}

/** Seven pages in one test, on a machine that may be shared. */
test.describe.configure({ timeout: 180_000 });

for (const theme of ['light', 'dark'] as const) {
  test(`every page is clean for axe in ${theme}`, async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await open('evening');
    for (const [route, sentence] of PAGES) {
      await goTo(page, route, sentence);
      await isClean(page, `${route} ${theme}`);
    }
  });

  test(`dialogs, palette and first start are clean for axe in ${theme}`, async ({ page, open }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await open('first-start');
    for (const [route, sentence] of FIRST_START) {
      await goTo(page, route, sentence);
      await isClean(page, `${route} first start ${theme}`);
    }
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await isClean(page, `palette ${theme}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await isClean(page, `keys ${theme}`);
  });
}

test.describe('adding a node over SSH', () => {
  // The browser itself writes down an answer that is an error.
  test.use({ expectErrors: ['502'] });
  for (const theme of ['light', 'dark'] as const) {
    test(`is clean for axe in ${theme}: keys, key file, refused login`, async ({ page, open }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await open('first-start');
      const host = page.getByRole('textbox', { name: 'User and host name of the node' });
      await host.fill('-oProxyCommand=evil');
      await host.press('Enter');
      await isClean(page, `a refused name ${theme}`);
      await host.fill('refused.local');
      await page.getByRole('button', { name: 'Connect' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Use a key file that I choose' }).click();
      await dialog.getByRole('button', { name: 'How do I see it on the node?' }).click();
      await expect(dialog.getByLabel('Key file (optional)')).toBeVisible();
      await isClean(page, `host keys ${theme}`);
      await dialog.getByRole('button', { name: 'Yes, this is refused.local' }).click();
      await expect(dialog.getByText('refused.local refused the login.')).toBeVisible();
      await isClean(page, `refused login ${theme}`);
    });
  }
});

test('no page scrolls sideways at 900 and 1280 pixels, with long content too', async ({ page, start }) => {
  for (const scenario of ['evening', 'hostile', 'first-start'] as const) {
    const running = await start(scenario);
    await openDouble(page, running);
    for (const width of [900, 1_280]) {
      await page.setViewportSize({ width, height: 700 });
      for (const [route, sentence] of PAGES) {
        await goTo(page, route, scenario === 'evening' ? sentence : undefined);
        await doesNotScrollSideways(page, `${scenario} ${route} at ${width}`);
      }
    }
  }
});

test.describe('when the records cannot be read', () => {
  test.use({ expectErrors: ['503'] });
  test('every page says what happened, what was left untouched and what to do', async ({ page, open }) => {
    await open('broken');
    for (const route of ['/', '/checks', '/nodes', '/settings']) {
      await goTo(page, route);
      await expect(page.getByText("The console's own records could not be read.").first()).toBeVisible();
      await expect(page.getByText('Nothing on your nodes was touched.').first()).toBeVisible();
      await expect(page.getByText('STORE_UNAVAILABLE').first()).toBeVisible();
    }
  });
});

test('a slow console keeps the last look while it reads anew', async ({ page, open }) => {
  const { scenario } = await open('evening', '/checks');
  await expect(page.getByRole('button', { name: /boa answers/ })).toBeVisible();
  scenario.delayMs = 3_000;
  await goTo(page, '/checks?node=boa');
  await expect(page.getByRole('button', { name: /boa answers/ })).toBeVisible();
});

// Makes assets/screenshots/*.png from the console double: `node scripts/run.mjs screenshots`. Runs on Node.js 24.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { openDouble, startDouble } from '../e2e/web/double/serve-double.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = process.env.SWARMKEEP_SCREENSHOTS ?? join(root, 'assets', 'screenshots');

/** What is shown: a page of a scenario, and the words that say that it is there. */
const PICTURES = [
  {
    name: 'fix',
    scenario: 'closable',
    route: '/setup/miu?step=outbound-firewall',
    wait: 'One rule set that covers IPv6 too',
    look: '.fix-card',
  },
  {
    name: 'plan',
    scenario: 'closable',
    route: '/plan?do=fix&on=miu&checks=outbound-firewall',
    wait: 'The 4 steps, in this order',
    press: ['Step 4: Let the daemon'],
  },
  {
    name: 'countdown',
    scenario: 'closable',
    route: '/plan?do=fix&on=miu&checks=outbound-firewall',
    wait: 'The 4 steps, in this order',
    press: ['Close the way out'],
    until: 'if nobody keeps it',
  },
  {
    name: 'audit',
    scenario: 'knocking',
    route:
      '/audit?from=2026-11-21T22:29:00.000Z&to=2026-11-21T22:41:00.000Z&q=%28node%3Anaru%20OR%20node%3Auncho%20OR%20node%3Amiu%29%20uid%3A998',
    wait: 'Verified up to event',
    act: async (page, { double }) => {
      const list = page.locator('.log__scroll');
      await list.evaluate((element) => element.scrollBy(0, -420));
      await page.waitForTimeout(500);
      const stopped = list.locator('.row').filter({ hasText: 'stopped' });
      const item = await stopped.last().getAttribute('data-item');
      const row = list.locator(`[data-item="${item}"]`);
      await row.evaluate((element) => {
        const box = element.closest('.log__scroll');
        box?.scrollBy(0, element.getBoundingClientRect().top - box.getBoundingClientRect().top - 90);
      });
      await page.waitForTimeout(500);
      await row.click();
      double.watched.write(140, 140);
      await page.getByText('new lines since').waitFor();
    },
  },
  { name: 'first-seen', scenario: 'knocking', route: '/audit?view=new', wait: 'What is usual' },
  { name: 'activity', scenario: 'house', route: '/activity', wait: 'Verified up to event' },
  { name: 'home', scenario: 'evening', route: '/', wait: 'Two doors are open' },
  {
    name: 'setup',
    scenario: 'way-out',
    route: '/setup/miu?step=outbound-firewall',
    wait: 'can still send data',
  },
  {
    name: 'checks',
    scenario: 'house',
    route: '/checks?check=service-bindings&on=boa',
    wait: 'As administrator through sudo',
  },
  { name: 'nodes', scenario: 'evening', route: '/nodes', wait: 'Five nodes' },
  {
    name: 'dependencies',
    scenario: 'house',
    route: '/dependencies',
    wait: 'packages to upgrade',
    press: [/^spores-http/],
    until: 'How it comes there',
  },
  { name: 'settings', scenario: 'evening', route: '/settings', wait: 'Appearance' },
  { name: 'first-start', scenario: 'first-start', route: '/', wait: 'Start with the computer' },
];
const SIZES = [
  { width: 1_280, height: 800, suffix: '' },
  { width: 900, height: 700, suffix: '-900' },
];

const only = process.argv.slice(2);
const executablePath = [process.env.SWARMKEEP_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  for (const { name, scenario, route, wait, press = [], act, until, look } of PICTURES) {
    if (only.length > 0 && !only.includes(name)) continue;
    for (const theme of ['light', 'dark']) {
      // A console of its own for each: what is pressed for one picture is not done already for the next.
      const running = await startDouble(scenario);
      const context = await browser.newContext({
        viewport: SIZES[0],
        deviceScaleFactor: 1.5,
        colorScheme: theme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'UTC',
      });
      const page = await context.newPage();
      await openDouble(page, running, route);
      await page.getByText(wait).first().waitFor();
      for (const words of press) await page.getByRole('button', { name: words }).click();
      if (act) await act(page, running);
      if (until) await page.getByText(until).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      for (const { width, height, suffix } of SIZES) {
        await page.setViewportSize({ width, height });
        if (look) await page.locator(look).scrollIntoViewIfNeeded();
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(folder, `${name}-${theme}${suffix}.png`) });
      }
      await context.close();
      await running.close();
    }
  }
} finally {
  await browser.close();
}

import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { createApi } from '#core/api/router.ts';
import { readPageFiles } from '../../electron/web/page-files.ts';
import { startWebShell, type WebShell } from '../../electron/web/web-shell.ts';
import { ConsoleDouble } from './double/console-double.ts';
import type { Scenario } from './double/scenario.ts';
import { SCENARIOS } from './double/scenarios/all.ts';

/** A console double behind the real router and the real web shell. */
export interface DoubleConsole {
  shell: WebShell;
  double: ConsoleDouble;
  scenario: Scenario;
}

interface Fixtures {
  /** Start a console that knows a scenario; it ends with the test. */
  start: (scenario: keyof typeof SCENARIOS) => Promise<DoubleConsole>;
  /** Start one and open it in the tab with its one-time link; `route` is what follows the hash. */
  open: (scenario: keyof typeof SCENARIOS, route?: string) => Promise<DoubleConsole>;
  /** Console errors that the test expects, as parts of their text. */
  expectErrors: string[];
}

/** The built page; another folder for trying a build while the usual one is in use. */
const page = readPageFiles(
  process.env.SWARMKEEP_PAGE ?? join(import.meta.dirname, '..', '..', 'dist', 'renderer'),
);

/** Start a console double behind the web shell, on any free port of the loopback. */
export async function startDouble(name: string): Promise<DoubleConsole> {
  const make = SCENARIOS[name];
  if (!make) throw new Error(`There is no scenario ${name}`);
  const scenario = make();
  const double = new ConsoleDouble(scenario);
  const log = { error: () => undefined };
  const api = createApi({ service: double, consent: { ask: async () => false }, log });
  const shell = await startWebShell({ api, page, listen: { kind: 'port', port: 0 }, log });
  return { shell, double, scenario };
}

/** Open a console in a tab: the clock at the scenario's evening, then the one-time link, then the page. */
export async function openDouble(tab: Page, running: DoubleConsole, route?: string): Promise<void> {
  await tab.clock.install({ time: Date.parse(running.scenario.now) + 30_000 });
  await tab.goto(running.shell.freshLink());
  await tab.waitForSelector('main');
  if (route !== undefined) {
    await tab.evaluate((hash) => {
      window.location.hash = hash;
    }, route);
  }
}

/**
 * Every test fails on a violated content security policy, an uncaught error or an error on the browser's console that it
 * did not announce.
 */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names
  expectErrors: async ({}, use) => use([]),
  start: async ({ page: tab }, use) => {
    const running: DoubleConsole[] = [];
    await use(async (name) => {
      const started = await startDouble(String(name));
      running.push(started);
      return started;
    });
    // The tab leaves first, so that the end of its streams is no error on its console.
    await tab.goto('about:blank');
    for (const { shell, double } of running) {
      await double.close();
      await shell.close();
    }
  },
  open: async ({ page: tab, start }, use) => {
    await use(async (name, route) => {
      const running = await start(name);
      await openDouble(tab, running, route);
      return running;
    });
  },
  page: async ({ page: tab, expectErrors }, use) => {
    const errors: string[] = [];
    tab.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    tab.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
    await tab.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        // biome-ignore lint/suspicious/noConsole: the way from the page to the test
        console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    await use(tab);
    const surprising = errors.filter((error) => !expectErrors.some((part) => error.includes(part)));
    expect(surprising, 'errors on the console of the browser').toEqual([]);
  },
});

export { expect };

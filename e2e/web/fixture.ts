import { test as base, expect } from '@playwright/test';
import type { SCENARIOS } from './double/scenarios/all.ts';
import { type DoubleConsole, openDouble, startDouble } from './double/serve-double.ts';

interface Fixtures {
  /** Start a console that knows a scenario; it ends with the test. */
  start: (scenario: keyof typeof SCENARIOS) => Promise<DoubleConsole>;
  /** Start one and open it in the tab with its one-time link; `route` is what follows the hash. */
  open: (scenario: keyof typeof SCENARIOS, route?: string) => Promise<DoubleConsole>;
  /** Console errors that the test expects, as parts of their text. */
  expectErrors: string[];
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
    for (const started of running) await started.close();
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

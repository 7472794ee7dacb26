import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

/**
 * The browser that is there: an explicit one, Debian's without its window (the same engine, a quarter faster), Debian's,
 * Chrome, or Playwright's own.
 */
const installed = [
  process.env.SWARMKEEP_CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

/** `web`: the built page in a browser, over the real web shell. `electron`: the desktop shell. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/artifacts',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  projects: [
    {
      name: 'web',
      testDir: 'e2e/web',
      use: {
        ...devices['Desktop Chrome'],
        viewport: { width: 1_280, height: 800 },
        locale: 'en-GB',
        timezoneId: 'UTC',
        // What moves has tests of its own (motion.spec.ts); nothing else should have to wait for it.
        contextOptions: { reducedMotion: 'reduce' },
        trace: 'off',
        screenshot: 'off',
        permissions: ['clipboard-read', 'clipboard-write'],
        launchOptions: {
          ...(installed ? { executablePath: installed } : {}),
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
          ],
        },
      },
    },
    { name: 'electron', testDir: 'e2e/electron', workers: 1 },
  ],
});

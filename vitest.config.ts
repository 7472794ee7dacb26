import { defineConfig } from 'vitest/config';

/**
 * Tests that look at this machine as it is, or run daemons on it that such a look would find: never two of them at once.
 */
const MACHINE = [
  'electron/{cli,core/console,core/facts,core/hosts}/**/*.integration.test.ts',
  'electron/core/checks/**/*.integration.test.ts',
  'electron/web/{serve,background}.integration.test.ts',
  'e2e/{fixes,security}/**/*.integration.test.ts',
  'e2e/electron/console.integration.test.ts',
];

/**
 * `unit`: fast, touches nothing, so that files can share a process. `integration`: real processes, sockets, files and
 * namespaces of their own; one file at a time. `machine`: the machine itself; one file at a time, may run beside `integration`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{shared,electron,renderer}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.integration.test.ts', 'node_modules/**'],
          environment: 'node',
          // A fresh process for each file would take three times as long, nearly all of it loading the same modules.
          isolate: false,
          // A busy machine gets its time; what is promised is measured by benchmarks.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{shared,electron,renderer,e2e}/**/*.integration.test.ts'],
          exclude: [...MACHINE, 'node_modules/**'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          include: MACHINE,
          environment: 'node',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          include: ['e2e/node/**/*.node.test.ts'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

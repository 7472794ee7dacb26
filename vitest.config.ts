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

/** Many real nodes in namespaces of their own: minutes, so they have the lane that ends first. */
const SWARM = ['e2e/swarm/rotation*.integration.test.ts', 'e2e/incident/**/*.integration.test.ts'];

/** The helper by itself, in rooms of its own: the longest part of `integration`, so it has a lane with room. */
const HELPER = ['electron/helper/**/*.integration.test.ts', 'e2e/swarm/helper-secret.integration.test.ts'];

/** Rooms whose tests leave nothing in their own process but memories of what was read. */
const TOGETHER = {
  integration: [
    'electron/core/{dependencies,firewall,fixes}/**/*.integration.test.ts',
    'electron/core/audit/{alerts,ingest}/**/*.integration.test.ts',
    'e2e/house/**/*.integration.test.ts',
  ],
  helper: ['electron/helper/verbs/**/*.integration.test.ts'],
  machine: ['electron/{cli,core/checks,core/console}/**/*.integration.test.ts'],
};

/** What tests on a real machine have in common. */
const REAL = {
  environment: 'node' as const,
  fileParallelism: false,
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

/** Node.js itself loads the files, as it loads the program: nothing is transformed first, and all is loaded once. */
const SHARED = { ...REAL, isolate: false, experimental: { viteModuleRunner: false, nodeLoader: false } };

/**
 * In a run of everything the files of these rooms share a process: to load so much anew takes longer than most of them.
 * Run by itself, a file belongs to its lane like any other.
 */
const together =
  process.env.SWARMKEEP_TOGETHER === '1' ? TOGETHER : { integration: [], helper: [], machine: [] };

/**
 * `unit`: fast, touches nothing, so that files can share a process. `integration`: real processes, sockets, files and
 * namespaces of their own; one file at a time. `helper`: the same for the helper. `swarm`: many nodes at once. `machine`: the machine itself; one file at a time, may run beside `integration`.
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
          ...REAL,
          name: 'integration',
          include: ['{shared,electron,renderer,e2e}/**/*.integration.test.ts'],
          exclude: [...MACHINE, ...SWARM, ...HELPER, ...together.integration, 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: { ...REAL, name: 'swarm', include: SWARM },
      },
      {
        extends: true,
        test: {
          ...REAL,
          name: 'helper',
          include: HELPER,
          exclude: [...together.helper, 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          ...REAL,
          name: 'machine',
          include: MACHINE,
          exclude: [...together.machine, 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          ...SHARED,
          name: 'integration-together',
          include: together.integration,
          exclude: [...MACHINE, 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: { ...SHARED, name: 'helper-together', include: together.helper },
      },
      {
        extends: true,
        test: { ...SHARED, name: 'machine-together', include: together.machine },
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

// `npm test`: everything a contributor needs, fast parts first, one progress line for each. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { programOf, root } from './node-runtime.mjs';
import {
  ensureBrowser,
  ensureBuild,
  ensureDebianPackages,
  ensureNode,
  ensurePackages,
  readOr,
  say,
} from './setup.mjs';

/** Debian packages that integration tests use, and a file that shows each; without them tests skip and say so. */
const DEBIAN = {
  chromium: '/usr/bin/chromium',
  'openssh-server': '/usr/sbin/sshd',
  nftables: '/usr/sbin/nft',
  iptables: '/usr/sbin/iptables',
  iproute2: '/usr/sbin/ip',
  python3: '/usr/bin/python3',
  'python3-packaging': '/usr/lib/python3/dist-packages/packaging/version.py',
  sudo: '/usr/bin/sudo',
  acl: '/usr/bin/getfacl',
  attr: '/usr/bin/setfattr',
  'gnome-keyring': '/usr/bin/gnome-keyring-daemon',
  'libsecret-tools': '/usr/bin/secret-tool',
  dbus: '/usr/bin/dbus-daemon',
};

const results = join(root, 'test-results');
const compiled = join(root, 'node_modules', '.cache', 'swarmkeep', 'compiled-for-tests');
const only = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0, skips: [] };

/** Runs one program to its end. @returns {Promise<{ code: number, output: string }>} exit code and all it printed. */
function run(node, program, args, env) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(node, [program, ...args], {
      cwd: root,
      // Hundreds of short-lived Node.js processes would else strip and compile the same files each time.
      env: { ...process.env, NO_COLOR: '1', NODE_COMPILE_CACHE: compiled, ...env },
    });
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/** A tool that says only good or bad counts as one test. */
const verdict = ({ code }) => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
  skips: [],
});

/** The import rules hold only when something was read: a reader that understands nothing finds no violation. */
function importVerdict({ code, output }) {
  const report = JSON.parse(output.slice(output.indexOf('{')));
  const rooms = [
    'shared/',
    'electron/core/',
    'electron/main/',
    'electron/web/',
    'electron/cli/',
    'renderer/',
  ];
  const unread = rooms.filter(
    (room) =>
      !report.modules.some((module) => module.source.startsWith(room) && module.dependencies.length > 0),
  );
  for (const violation of report.summary.violations)
    say(`    ${violation.rule.name}: ${violation.from} → ${violation.to}`);
  if (unread.length > 0) say(`    nothing was read in: ${unread.join(', ')}`);
  return verdict({ code: code !== 0 || unread.length > 0 || report.summary.violations.length > 0 ? 1 : 0 });
}

const countsFile = (name) => join(results, `${name}.counts.json`);

function vitestVerdict(name) {
  return ({ code }) => {
    const counts = JSON.parse(readFileSync(countsFile(name), 'utf8'));
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  };
}

function playwrightVerdict(name) {
  return ({ code }) => {
    const { stats, suites, errors } = JSON.parse(readFileSync(join(results, `${name}.json`), 'utf8'));
    const skips = [];
    const visit = (suite) => {
      for (const spec of suite.specs ?? [])
        for (const test of spec.tests)
          if (test.status === 'skipped')
            skips.push(
              `${spec.title}: ${test.annotations.find((entry) => entry.type === 'skip')?.description ?? 'no reason given'}`,
            );
      for (const inner of suite.suites ?? []) visit(inner);
    };
    for (const suite of suites) visit(suite);
    const failed = stats.unexpected + stats.flaky + errors.length;
    return {
      passed: stats.expected,
      failed: code !== 0 && failed === 0 ? 1 : failed,
      skipped: stats.skipped,
      skips,
    };
  };
}

const vitest = (name) => ({
  name,
  tool: ['vitest'],
  // With the star, what shares a process here (see vitest.config.ts) belongs to its lane.
  args: [
    'run',
    '--project',
    `${name}*`,
    '--reporter=default',
    '--reporter=./scripts/vitest-count-reporter.mjs',
  ],
  env: { SWARMKEEP_COUNTS: countsFile(name), SWARMKEEP_TOGETHER: '1' },
  verdict: vitestVerdict(name),
});

const playwright = (name) => ({
  name: `e2e ${name}`,
  tool: ['@playwright/test', 'playwright'],
  // Half of the machine: the other lanes have the other half.
  args: [
    'test',
    `--project=${name}`,
    '--reporter=json',
    `--workers=${Math.max(1, Math.floor(availableParallelism() / 2))}`,
  ],
  env: {
    PLAYWRIGHT_JSON_OUTPUT_FILE: join(results, `e2e-${name}.json`),
    PLAYWRIGHT_JSON_OUTPUT_NAME: join(results, `e2e-${name}.json`),
  },
  verdict: playwrightVerdict(`e2e-${name}`),
});

/**
 * Lanes run at the same time, the parts of one lane one after the other: each part waits for the processes that it starts now
 * and then, and what one leaves idle of a small machine another uses. In each lane the fast parts come first.
 */
const LANES = [
  [
    {
      name: 'types',
      tool: ['typescript-7', 'tsc'],
      // A second checker would look at much of the same once more, and its core is in use.
      args: ['--pretty', 'false', '--checkers', '1'],
      // Less collecting of garbage for no more memory at the peak, where it is short-lived.
      env: { GOGC: '400' },
      verdict,
    },
    {
      name: 'lint and format',
      tool: ['@biomejs/biome', 'biome'],
      args: ['ci', '--error-on-warnings', '.'],
      verdict,
    },
    {
      name: 'import rules',
      tool: ['dependency-cruiser', 'depcruise'],
      args: ['--output-type', 'json', 'shared', 'electron', 'renderer'],
      verdict: importVerdict,
      quiet: true,
    },
    vitest('integration'),
  ],
  [vitest('unit'), vitest('machine')],
  [playwright('web'), playwright('electron')],
  [vitest('swarm'), vitest('helper')],
];

async function runPart(node, part) {
  const began = Date.now();
  const outcome = await run(node, programOf(...part.tool), part.args, part.env ?? {});
  let counts;
  try {
    counts = part.verdict(outcome);
  } catch (error) {
    counts = { passed: 0, failed: 1, skipped: 0, skips: [] };
    outcome.output += `\nThe results could not be read: ${error.message}`;
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
  console.log(
    `${part.name.padEnd(18)}${seconds} s  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
  if (counts.failed > 0 && !(part.quiet && outcome.output.startsWith('{')))
    console.log(outcome.output.slice(-60_000));
  if (Number(seconds) > 60 && counts.slowest)
    console.log(`    longest: ${counts.slowest.map((one) => `${one.file} ${one.seconds} s`).join(', ')}`);
  for (const skip of counts.skips) console.log(`    skipped: ${skip}`);
  for (const key of ['passed', 'failed', 'skipped']) totals[key] += counts[key];
}

ensurePackages();
const node = ensureNode();
const { missing, command } = ensureDebianPackages(DEBIAN);
if (missing.length > 0)
  say(`Not installed: ${missing.join(', ')}. Tests that need them are skipped. To have them: ${command}`);
// Other distributions have no such package; there the whole browser does.
if (/^ID=debian$/m.test(readOr('/etc/os-release', '')))
  ensureDebianPackages({ 'chromium-headless-shell': '/usr/bin/chromium-headless-shell' });
if (!ensureBrowser())
  say(
    'No Chromium or Chrome is installed, and the end-to-end tests need one. To have it: sudo apt-get install -y chromium',
  );
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
ensureBuild(node);
await Promise.all(
  LANES.map(async (lane) => {
    for (const part of lane) {
      if (only.length > 0 && !only.includes(part.name)) continue;
      say(`now: ${part.name}`);
      await runPart(node, part);
    }
  }),
);
writeFileSync(join(results, 'summary.json'), JSON.stringify(totals));
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

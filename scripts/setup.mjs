// What `npm start` and `npm test` need before anything else can run. Plain JavaScript for Node 20 and no package at all.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, root } from './node-runtime.mjs';
import { sayProgress } from './progress.mjs';

const cache = join(root, 'node_modules', '.cache', 'swarmkeep');
const isRoot = process.getuid?.() === 0;

/** Where distributions put Chromium and its relatives; the first that exists is used. */
export const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Says one line to the person who waits; standard output stays free for what a command answers. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the program with what happened, what was not touched and what to do. */
export function giveUp(...lines) {
  for (const line of lines) say(line);
  process.exit(2);
}

/** The text of a file, or what stands for one that cannot be read. */
export function readOr(path, fallback) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}

/** @returns {string} SHA-256 over names, sizes and times of all files below the given places: changes when they do. */
function stateOf(places) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    const stat = statSync(path);
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else if (!path.includes('.test.')) {
      hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
    }
  };
  for (const place of places) visit(join(root, place));
  return hash.digest('hex');
}

/** Installs exactly what package-lock.json says, once per lock file. No package may run a script (.npmrc). */
export function ensurePackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256')
    .update(lock)
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
  const stamp = join(cache, 'installed');
  if (readOr(stamp, '') === wanted) return;
  const total = packagesIn(lock);
  say(`First start: ${total} packages are fetched and compared with the lock file, then Swarmkeep is built.`);
  say('This is done once, and takes a minute or two.');
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const end = sayProgress('Installing', { folder: join(root, 'node_modules'), total });
  const done = spawnSync(
    command,
    [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      // Engines speak of Node 24, which one of these packages brings; npm itself runs on the Node at hand.
      env: { ...process.env, npm_config_engine_strict: 'false' },
    },
  );
  end();
  if (done.status !== 0)
    giveUp(
      'The packages could not be installed (npm ci failed, its words are above). Nothing else was changed.',
      'Look at the network connection to the npm registry, then run the same command again.',
    );
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, wanted);
}

/** @returns {number} packages that are installed on this kind of machine, as the lock file has them */
function packagesIn(lock) {
  const suits = (wanted, own) => !wanted || wanted.includes(own);
  return Object.entries(JSON.parse(lock).packages).filter(
    ([path, { os, cpu, libc }]) =>
      path !== '' && suits(os, process.platform) && suits(cpu, process.arch) && suits(libc, 'glibc'),
  ).length;
}

/** @returns {string} path of Node.js 24; ends the program with what to do when there is none. */
export function ensureNode() {
  const node = findNode();
  if (node) return node;
  return giveUp(
    `Swarmkeep runs on Node.js 24. On ${process.platform}-${process.arch} npm does not bring it.`,
    'Install Node.js 24 from https://nodejs.org, then run the same command with it.',
  );
}

/** Builds dist/ when a source is newer than the last build. */
export function ensureBuild(node) {
  const stamp = join(root, 'dist', '.stamp');
  const wanted = stateOf([
    'electron',
    'renderer',
    'shared',
    'assets',
    'scripts/build.mjs',
    'package.json',
    'package-lock.json',
  ]);
  if (readOr(stamp, '') === wanted) return;
  say('Building Swarmkeep. This takes a few seconds, once after each change.');
  const end = sayProgress('Building');
  const done = spawnSync(node, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
  end();
  if (done.status !== 0)
    giveUp(
      'Swarmkeep could not be built; the reason is above.',
      'If you changed a source, undo that and try again.',
    );
  writeFileSync(stamp, wanted);
}

/** @returns {string | null} an installed Chromium or Chrome. */
export function findBrowser() {
  return BROWSERS.find((path) => existsSync(path)) ?? null;
}

/**
 * Installs Debian packages that are missing, when this is Debian (or a relative) and we may.
 * @param {Record<string, string>} wanted package name to a file whose presence shows that it is installed
 * @returns {{ missing: string[], command: string }} what is still missing afterwards, and the command that would help
 */
export function ensureDebianPackages(wanted) {
  const absent = () => Object.keys(wanted).filter((name) => !existsSync(wanted[name]));
  let missing = absent();
  const command = `sudo apt-get install -y ${missing.join(' ')}`;
  if (missing.length > 0 && isRoot && existsSync('/usr/bin/apt-get')) {
    say(`Installing from Debian: ${missing.join(', ')}.`);
    const end = sayProgress('Installing from Debian');
    const options = {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    const install = () =>
      spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...missing], options);
    if (install().status !== 0) {
      spawnSync('apt-get', ['update'], options);
      install();
    }
    end();
    missing = absent();
  }
  return { missing, command };
}

/** @returns {string | null} path of a browser, installed from Debian when possible. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  ensureDebianPackages({ chromium: '/usr/bin/chromium' });
  return findBrowser();
}

// `npm start`: sets up what is missing, chooses the shell and opens it. Plain JavaScript for Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './node-runtime.mjs';
import { sayProgress } from './progress.mjs';
import { ensureBrowser, ensureBuild, ensureNode, ensurePackages, giveUp, say } from './setup.mjs';

const USAGE = `npm start -- [--headless] [--web] [--port N] [--data-dir FOLDER] [--sample]
  --headless         open nothing, only serve on this computer's loopback address
  --web              use the web shell even where Electron is at hand
  --port N           port of the web shell
  --data-dir FOLDER  keep the console's own records there
  --sample           open with the sample node`;

/** A failed download of the Electron binary is not tried again for a day: a second start must be quick. */
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        headless: { type: 'boolean', default: false },
        web: { type: 'boolean', default: false },
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        sample: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) <= 65_535))
      throw new Error('--port takes a number from 0 to 65535');
    return values;
  } catch (error) {
    say(error.message);
    say(USAGE);
    return process.exit(64);
  }
}

function electronBinary() {
  const pointer = join(root, 'node_modules', 'electron', 'path.txt');
  if (!existsSync(pointer)) return null;
  const binary = join(root, 'node_modules', 'electron', 'dist', readFileSync(pointer, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

/** @returns {{ binary: string | null, why: string }} the Electron binary, or why there is none. */
function findElectron(node, { headless, web }) {
  if (web) return { binary: null, why: '--web asks for it' };
  if (headless) return { binary: null, why: '--headless opens no window' };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { binary: null, why: 'there is no display here' };
  if (process.getuid?.() === 0)
    return { binary: null, why: 'Electron does not run with its sandbox as root' };
  const present = electronBinary();
  if (present) return { binary: present, why: 'the Electron binary is here' };
  const failed = join(root, 'node_modules', '.cache', 'swarmkeep', 'electron-unreachable');
  const why = 'the Electron binary is not here and could not be downloaded';
  if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < RETRY_AFTER_MS)
    return { binary: null, why };
  say('Fetching the Electron binary, once. After two minutes without it, the browser is used.');
  const end = sayProgress('Fetching');
  spawnSync(node, [join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: 'ignore',
    timeout: 120_000,
  });
  end();
  const fetched = electronBinary();
  if (fetched) {
    rmSync(failed, { force: true });
    return { binary: fetched, why: 'the Electron binary was downloaded' };
  }
  mkdirSync(dirname(failed), { recursive: true });
  writeFileSync(failed, '');
  return { binary: null, why };
}

/** Hands the terminal over: signals go through, and the exit code is the shell's own. */
function handOver(command, args, env = process.env) {
  // How commands are typed from here, so that hints can be typed too.
  const named = { SWARMKEEP_COMMAND: 'npm run -s swarmkeep --', ...env };
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: named });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => giveUp(`The shell could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 0 : (code ?? 1)));
}

const chosen = options();
if (chosen.help) {
  console.log(USAGE);
  process.exit(0);
}
if (process.getuid?.() === 0)
  say(
    'Started as root. Swarmkeep does not need that: start it as yourself, and it says where more rights would help.',
  );
ensurePackages();
const node = ensureNode();
ensureBuild(node);
const electron = findElectron(node, chosen);
const shared = [
  ...(chosen['data-dir'] ? ['--data-dir', resolve(process.env.INIT_CWD ?? '.', chosen['data-dir'])] : []),
  ...(chosen.sample ? ['--sample'] : []),
];
if (electron.binary) {
  console.log(`Shell: desktop, because ${electron.why}.`);
  handOver(electron.binary, [root, ...shared]);
} else {
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const opens = !chosen.headless && Boolean(display);
  const browser = opens ? ensureBrowser() : null;
  console.log(`Shell: web, because ${electron.why}.`);
  if (opens && !browser)
    console.log(
      'No Chromium or Chrome is installed: open the address below yourself, or run: sudo apt-get install -y chromium',
    );
  const port = chosen.port ? ['--port', chosen.port] : [];
  const headless = opens && browser ? [] : ['--headless'];
  handOver(node, [join(root, 'dist', 'web', 'main.js'), ...port, ...headless, ...shared]);
}

// Builds dist/: the shells and the core with Rolldown, the renderer with Vite. Runs on Node.js 24.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { build as buildRenderer } from 'vite';
import { writeBill } from './bill-of-materials.mjs';
import { buildHelper } from './build-helper.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** better-sqlite3 carries native prebuilds that must stay beside its own files. */
const EXTERNAL = ['electron', 'better-sqlite3', /^node:/];

/**
 * Entries that become ES modules. Each lies exactly one folder below dist/, and so do shared chunks: code may look for
 * its neighbours at `../<room>/<file>` wherever the bundler put it.
 */
const MODULES = {
  'main/main': 'electron/main/main.ts',
  'main/core': 'electron/main/core.ts',
  'core/store-worker': 'electron/core/store/worker.ts',
  'core/audit-worker': 'electron/core/audit/worker.ts',
  'core/advisories-worker': 'electron/core/dependencies/advisories/take-worker.ts',
  'core/press-worker': 'electron/core/store/audit/press/press-worker.ts',
  'cli/start': 'electron/cli/main.ts',
  'web/start': 'electron/web/main.ts',
};

async function bundle(input, output) {
  const present = Object.fromEntries(
    Object.entries(input).filter(([, file]) => existsSync(join(root, file))),
  );
  const absent = Object.values(input).filter((file) => !existsSync(join(root, file)));
  for (const file of absent) throw new Error(`${file} is missing`);
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(present).map(([name, file]) => [name, join(root, file)])),
    cwd: root,
    platform: 'node',
    external: EXTERNAL,
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    treeshake: true,
    logLevel: 'warn',
  });
  await build.write({
    dir: dist,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: { compress: true, mangle: false, codegen: false },
    ...output,
  });
  await build.close();
}

/**
 * Starts the console once on records of its own and ends it, so that the first start of its operator finds compiled what every
 * later one does (see node-entry.mjs). Where it cannot start, that start says so itself.
 */
async function startOnce() {
  const records = mkdtempSync(join(tmpdir(), 'swarmkeep-build-'));
  const child = spawn(
    process.execPath,
    [join(dist, 'web', 'main.js'), '--headless', '--port', '0', '--data-dir', records],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_COMPILE_CACHE: undefined },
      timeout: 20_000,
    },
  );
  const ended = once(child, 'exit').catch(() => undefined);
  await Promise.race([once(child.stdout, 'data'), ended]);
  child.kill('SIGTERM');
  await ended;
  rmSync(records, { recursive: true, force: true });
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await bundle(MODULES, { format: 'esm' });
for (const shell of ['cli', 'web']) {
  copyFileSync(join(root, 'scripts', 'node-entry.mjs'), join(dist, shell, 'main.js'));
}
// Filled by the shells as they start; see node-entry.mjs.
mkdirSync(join(dist, 'compile-cache'), { mode: 0o700 });
await buildHelper(join(dist, 'helper'));
// What is placed on a node beside the helper: the policy of polkit, and the unit for the boot.
cpSync(join(root, 'assets', 'linux'), join(dist, 'helper'), { recursive: true });
// A sandboxed preload script must be one CommonJS file (Electron: sandboxed preloads have no ES modules).
await bundle(
  { 'preload/preload': 'electron/preload/preload.ts' },
  { format: 'cjs', entryFileNames: '[name].cjs' },
);
// Vite takes the renderer's folder from its own file, relative to the checkout.
process.chdir(root);
await buildRenderer({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
cpSync(join(root, 'assets', 'rules'), join(dist, 'rules'), {
  recursive: true,
  // Examples of what a rule finds are for tests.
  filter: (path) => !path.endsWith('.examples.json'),
});
// What the console is made of, to be shown on its page and read by other tools.
writeBill(join(root, 'package-lock.json'), join(dist, 'sbom.json'));
mkdirSync(join(dist, 'sample'), { recursive: true });
copyFileSync(join(root, 'assets', 'sample', 'facts.json'), join(dist, 'sample', 'facts.json'));
// The desktop shell reads its icons at run time.
const icons = join(root, 'assets', 'icons');
cpSync(join(icons, 'tray'), join(dist, 'icons'), { recursive: true });
copyFileSync(join(icons, 'linux', '256x256.png'), join(dist, 'icons', '256x256.png'));
await startOnce();

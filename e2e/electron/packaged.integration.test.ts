import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractAll, listPackage } from '@electron/asar';
import { FuseState, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DesktopBridge } from '#shared/contract/bridge.ts';
import { electronTransport } from '../../renderer/transport/electron.ts';
import { builtFolder, start, windowOf } from './boot.ts';
import { makeElectronDist, SHIPPED_WIRE } from './stand-in/electron-dist.ts';

// electron-builder packs what is built around a stand-in for the Electron binary; then the package is opened.

const root = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
/** electron-builder's hook, which is plain JavaScript. */
const {
  default: setFuses,
  FUSES,
}: {
  default: (context: object) => Promise<void>;
  FUSES: Record<string, boolean>;
} = require('../../scripts/fuses.mjs');
const prebuild = `linux-${process.arch}.node`;

/** Files that lie about in a checkout and have no business in a package. */
const DECOYS = [
  'dist/main/main.js.map',
  'dist/renderer/assets/index.css.map',
  'electron/main/main.ts',
  'electron/core/checks/x.test.ts',
  'e2e/electron/boot.ts',
  'renderer/main.tsx',
  'docs/notes.md',
  '.env',
  '.git/config',
  'test-results/summary.json',
  'package-lock.json',
];

let place: string;
let unpacked: string;
let listing: string[];
let application: string;

beforeAll((): void => {
  if (process.platform !== 'linux') return;
  place = mkdtempSync(join(tmpdir(), 'swarmkeep-package-'));
  const project = join(place, 'project');
  for (const name of ['package.json', 'electron-builder.yml', 'LICENSE', 'scripts/fuses.mjs', 'assets/icons'])
    cpSync(join(root, name), join(project, name), { recursive: true });
  cpSync(builtFolder(), join(project, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  for (const decoy of DECOYS) {
    mkdirSync(join(project, decoy, '..'), { recursive: true });
    writeFileSync(join(project, decoy), 'not for the package');
  }
  makeElectronDist(join(place, 'electron'));
  const builder = require.resolve('electron-builder/cli.js');
  const args = [
    process.execPath,
    builder,
    '--linux',
    '--dir',
    `--${process.arch}`,
    '--publish=never',
    `-c.electronDist=${join(place, 'electron')}`,
    `-c.directories.output=${join(place, 'out')}`,
  ];
  // Without a network of any kind, where that is possible: nothing may be fetched.
  const command = process.getuid?.() === 0 ? ['unshare', '--net', ...args] : args;
  const [program = '', ...rest] = command;
  const result = spawnSync(program, rest, { cwd: project, encoding: 'utf8', timeout: 110_000 });
  if (result.status !== 0) throw new Error(`electron-builder: ${result.stderr}\n${result.stdout}`);
  const arch = process.arch === 'x64' ? '' : `${process.arch}-`;
  unpacked = join(place, 'out', `linux-${arch}unpacked`);
  const archive = join(unpacked, 'resources', 'app.asar');
  listing = listPackage(archive, { isPack: false });
  application = join(place, 'application');
  extractAll(archive, application);
}, 120_000);
afterAll(() => {
  if (place !== undefined) rmSync(place, { recursive: true, force: true });
});

const linuxOnly = (skip: (reason: string) => void) => {
  if (process.platform !== 'linux') skip('the stand-in package is one for Linux');
};
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

describe('the archive', () => {
  it('holds the bundles, the manifest and one native module; nothing else', ({ skip }) => {
    linuxOnly(skip);
    const top = new Set(listing.map((path) => path.split('/')[1]));
    expect([...top].sort()).toEqual(['dist', 'node_modules', 'package.json']);
    const modules = new Set(
      listing.map((path) => /^\/node_modules\/([^/]+)/.exec(path)?.[1]).filter(Boolean),
    );
    expect([...modules]).toEqual(['better-sqlite3']);
    expect(listing.filter((path) => path.endsWith('.node'))).toEqual([
      `/node_modules/better-sqlite3/prebuilds/${prebuild}`,
    ]);
    for (const bundle of [
      'main/main.js',
      'main/core.js',
      'core/store-worker.js',
      'preload/preload.cjs',
      'renderer/index.html',
    ])
      expect(listing).toContain(`/dist/${bundle}`);
  });

  it('holds no source, no map, no test, no development dependency', ({ skip }) => {
    linuxOnly(skip);
    // Our own Sigma rules are data that the program reads.
    const ownRule = /^\/dist\/rules\/[a-z-]+\/[a-z0-9-]+\.yml$/;
    expect(listing.filter((path) => ownRule.test(path))).not.toEqual([]);
    expect(
      listing.filter(
        (path) =>
          /\.(map|ts|tsx|mts|cts|c|cpp|h|gyp|md|yml)$|\.test\.|\.spec\.|\.examples\./.test(path) &&
          !ownRule.test(path),
      ),
    ).toEqual([]);
    for (const decoy of DECOYS) expect(listing).not.toContain(`/${decoy}`);
    for (const path of filesBelow(join(application, 'dist')).filter((name) => /\.(js|cjs|css)$/.test(name)))
      expect(readFileSync(join(application, 'dist', path), 'utf8')).not.toMatch(/sourceMappingURL=(?!data:)/);
    const manifest = JSON.parse(readFileSync(join(application, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'swarmkeep', main: 'dist/main/main.js', type: 'module' });
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest).not.toHaveProperty('scripts');
  });

  it('holds the bundles byte for byte', ({ skip }) => {
    linuxOnly(skip);
    const built = builtFolder();
    // What a run of these bundles left beside them is no part of them.
    const shipped = filesBelow(built).filter(
      (name) => !name.endsWith('.map') && !name.startsWith('compile-cache/'),
    );
    for (const path of shipped)
      expect(
        readFileSync(join(application, 'dist', path)).equals(readFileSync(join(built, path))),
        path,
      ).toBe(true);
  });
});

describe('beside the archive', () => {
  it('lies the native module and nothing else', ({ skip }) => {
    linuxOnly(skip);
    const outside = join(unpacked, 'resources', 'app.asar.unpacked');
    expect(filesBelow(outside)).toEqual([`node_modules/better-sqlite3/prebuilds/${prebuild}`]);
  });

  it('and it works', ({ skip }) => {
    linuxOnly(skip);
    const native = join(
      unpacked,
      'resources/app.asar.unpacked/node_modules/better-sqlite3/prebuilds',
      prebuild,
    );
    const Database = createRequire(join(application, 'package.json'))('better-sqlite3');
    const database = new Database(':memory:', { nativeBinding: native });
    expect(database.prepare('select 6 * 7 as answer').get()).toEqual({ answer: 42 });
    database.close();
  });
});

describe('the fuses', () => {
  const states = (wire: object) =>
    Object.fromEntries(Object.entries(wire).filter(([name]) => /^\d+$/.test(name)));

  it('of the packed binary are those that we want, each of them', async ({ skip }) => {
    linuxOnly(skip);
    const wire = states(await getCurrentFuseWire(join(unpacked, 'swarmkeep')));
    const wanted = Object.entries(FUSES).map(([name, on]) => [
      name,
      on ? FuseState.ENABLE : FuseState.DISABLE,
    ]);
    expect(wire).toEqual(Object.fromEntries(wanted));
    // In the order of the wire: RunAsNode, CookieEncryption, NodeOptions, NodeCliInspect, AsarIntegrity, OnlyAsar, …
    expect(Object.values(wire).map((state) => (state === FuseState.ENABLE ? 1 : 0))).toEqual([
      0, 1, 0, 0, 1, 1, 0, 0, 1,
    ]);
    const shipped = states(await getCurrentFuseWire(join(place, 'electron', 'electron')));
    expect(shipped).not.toEqual(wire);
  });

  it.each([`${SHIPPED_WIRE}1`, SHIPPED_WIRE.slice(1)])(
    'a binary with other fuses is not packed: %s',
    async (wire) => {
      const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-fuses-'));
      makeElectronDist(folder, wire);
      const packager = { executableName: 'electron', appInfo: { productFilename: 'Swarmkeep' } };
      const packed = setFuses({
        appOutDir: folder,
        electronPlatformName: 'linux',
        arch: 1,
        packager,
      } as never);
      await expect(packed).rejects.toThrow(/fuse/i);
      rmSync(folder, { recursive: true, force: true });
    },
  );
});

describe('the packed application', () => {
  it('runs from what is in the package alone', async ({ skip }) => {
    linuxOnly(skip);
    const records = join(place, 'records');
    const shell = await start(
      { core: 'real', isPackaged: true },
      { application, argv: ['--data-dir', records] },
    );
    const { page, window } = windowOf(shell.electron);
    expect(window.response?.status).toBe(200);
    // This process goes on with other files, and a port that breaks is asked for again: no global window for that.
    const transport = electronTransport(
      page.world.get('swarmkeep') as DesktopBridge,
      page.window as unknown as Window,
    );
    expect(await transport.client.system.about()).toMatchObject({ shell: 'desktop', dataFolder: records });
    await shell.end();
  }, 30_000);
});

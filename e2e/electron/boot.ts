import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoreState } from '#shared/contract/bridge.ts';
import type { StandIn } from './stand-in/electron.ts';
import { type StandInOptions, setOptions } from './stand-in/state.ts';
import type { CoreDouble } from './stand-in/utility.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);

/** Every started shell lives in a folder of its own, beside its own stand-in: that is how this hook knows which. */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron' || context.parentURL === undefined) return next(specifier, context);
    const at = context.parentURL.lastIndexOf('/dist/');
    if (at < 0) return next(specifier, context);
    return next(`${context.parentURL.slice(0, at)}/stand-in/electron.ts`, context);
  },
});

/** @returns the built shell; made by `npm run build` */
export function builtFolder(): string {
  const folder = process.env.SWARMKEEP_DIST ?? join(root, 'dist');
  if (!existsSync(join(folder, 'main', 'main.js'))) throw new Error(`${folder} is not built: npm run build`);
  return folder;
}

export interface Started {
  electron: StandIn;
  /** Folder of this start: `dist`, `userData`, … */
  folder: string;
  /** Ends the core and removes the folder. */
  end(): Promise<void>;
}

/**
 * Start the built main script on a new stand-in.
 * @param given what differs from an ordinary unpackaged start with a core double
 * @param options.application a packaged application, unpacked; by default what is built
 * @param options.ready false: Electron is not ready yet when this resolves
 */
export async function start(
  given: Partial<StandInOptions> = {},
  { ready = true, argv = [] as string[], application = null as string | null } = {},
): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'swarmkeep-desktop-'));
  if (application === null) {
    cpSync(builtFolder(), join(folder, 'dist'), { recursive: true });
    // A file of a kind that a page has no use for, should a build ever leave one there.
    writeFileSync(join(folder, 'dist', 'renderer', 'assets', 'a.js.map'), '{}');
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  } else cpSync(application, folder, { recursive: true });
  cpSync(join(root, 'e2e', 'electron', 'stand-in'), join(folder, 'stand-in'), { recursive: true });
  setOptions({
    isPackaged: false,
    folder,
    lock: true,
    dark: true,
    displays: [{ x: 0, y: 0, width: 1_920, height: 1_080 }],
    core: 'double',
    tray: true,
    switches: [],
    ...given,
  });
  const before = process.argv;
  const packaged = given.isPackaged === true;
  process.argv = [process.execPath, ...(packaged ? [] : [folder]), ...argv];
  require(join(folder, 'dist', 'main', 'main.js'));
  process.argv = before;
  const electron: StandIn = Reflect.get(globalThis, Symbol.for('swarmkeep.stand-in'));
  if (ready) {
    electron.app.becomeReady();
    await until(
      () => electron.BrowserWindow.all[0]?.response !== undefined || electron.app.exitCode !== null,
    );
    if (electron.app.exitCode === null) await until(() => electron.BrowserWindow.all[0]?.html !== '');
  }
  return {
    electron,
    folder,
    async end() {
      electron.app.quit();
      await until(() => electron.app.quitDone || electron.app.exitCode !== null, 8_000);
      await Promise.allSettled(electron.BrowserWindow.all.flatMap((window) => window.loads));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns the window of a started shell, with its contents */
export function windowOf(electron: StandIn) {
  const window = electron.BrowserWindow.all.at(-1);
  if (window === undefined) throw new Error('there is no window');
  const page = window.webContents.page;
  if (page === null) throw new Error('the page has no preload script');
  return { window, contents: window.webContents, page };
}

/** The core double of a started shell. */
export function coreOf(electron: StandIn): CoreDouble {
  const child = electron.processes.at(-1);
  if (child === undefined || !('heard' in child)) throw new Error('there is no core double');
  return child;
}

/** Let the core double say that it is there, and wait until the page heard. */
export async function coreReady(electron: StandIn): Promise<void> {
  coreOf(electron).emit('message', { kind: 'ready' });
  const states = () =>
    windowOf(electron).contents.sent.filter((each) => each.values[0] === ('running' satisfies CoreState));
  await until(() => states().length > 0);
}

/** Wait for something that happens in other threads or later turns. */
export async function until(holds: () => boolean, withinMs = 5_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser } from '#core/hosts/find-browser.ts';
import { CODE_LASTS_MS } from './one-time-codes.ts';

const FILE_NAME = 'open.html';

export interface OpenBrowserOptions {
  /** The prepared data folder (0700): the browser's own profile and the redirect file lie in it. */
  dataFolder: string;
  /** One-time link. */
  link: string;
  environment?: NodeJS.ProcessEnv;
  /** Absolute path; found when left out. */
  browser?: string | null;
  /** True when the console runs as root, where Chromium has no sandbox. */
  asRoot?: boolean;
}

/** Either the browser was started, or why not, in words for the terminal. */
export type Opened = { opened: true; forget(): void } | { opened: false; why: string };

/**
 * Opens the console in an app window of an installed Chromium or Chrome, with a profile of its own: no extension and no
 * other page of the operator shares it. The link never is an argument, for the agent could read it in /proc/PID/cmdline
 * (proc(5)): the browser gets a 0600 file that leads it there.
 * @returns `forget` removes that file; it is removed by itself when the code in it has run out
 */
export function openBrowser(options: OpenBrowserOptions): Opened {
  const { dataFolder, environment = process.env, asRoot = process.getuid?.() === 0 } = options;
  if (process.platform === 'linux' && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return { opened: false, why: 'There is no display here: open the link yourself.' };
  }
  if (asRoot) {
    return {
      opened: false,
      why: 'A browser has no sandbox as root, so none is opened: open the link as yourself.',
    };
  }
  const browser = options.browser === undefined ? findBrowser(environment) : options.browser;
  if (browser === null) {
    return { opened: false, why: 'No Chromium or Chrome was found: open the link yourself.' };
  }
  const file = writeRedirect(dataFolder, options.link);
  const child = spawn(browser, browserArguments(dataFolder, file), {
    detached: true,
    stdio: 'ignore',
    env: environment,
  });
  child.on('error', () => undefined);
  child.unref();
  const forget = () => rmSync(file, { force: true });
  setTimeout(forget, CODE_LASTS_MS).unref();
  return { opened: true, forget };
}

/** @returns arguments for Chromium, with nothing secret in them */
export function browserArguments(dataFolder: string, file: string): string[] {
  return [
    `--app=${pathToFileURL(file).href}`,
    `--user-data-dir=${join(dataFolder, 'browser')}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--no-pings',
  ];
}

/**
 * Writes the page that leads to the link, readable by this user alone from its first moment.
 * @returns its path
 */
export function writeRedirect(dataFolder: string, link: string): string {
  const file = join(dataFolder, FILE_NAME);
  mkdirSync(join(dataFolder, 'browser'), { recursive: true, mode: 0o700 });
  chmodSync(join(dataFolder, 'browser'), 0o700);
  // Removed first: writing into an old file would keep its mode and whoever has it open.
  rmSync(file, { force: true });
  const safe = link.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Swarmkeep</title><meta http-equiv="refresh" content="0;url=${safe}">\n`,
    { mode: 0o600, flag: 'wx' },
  );
  return file;
}

import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Programs of Chromium and its kin, the plain one first. They know `--app`. */
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'brave-browser',
  'microsoft-edge',
];
const MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const WINDOWS = [
  ['PROGRAMFILES', 'Google\\Chrome\\Application\\chrome.exe'],
  ['PROGRAMFILES(X86)', 'Google\\Chrome\\Application\\chrome.exe'],
  ['PROGRAMFILES(X86)', 'Microsoft\\Edge\\Application\\msedge.exe'],
] as const;

/**
 * Finds an installed browser that can show an app window.
 * @param environment as `process.env`
 * @param platform as `process.platform`
 * @param runs whether a file can be executed; replaced in tests
 * @returns its absolute path, null when there is none
 */
export function findBrowser(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  runs: (path: string) => boolean = isExecutable,
): string | null {
  if (platform === 'darwin') return MAC.find(runs) ?? null;
  if (platform === 'win32') {
    const paths = WINDOWS.map(([base, path]) => join(environment[base] ?? 'C:\\Program Files', path));
    return paths.find(runs) ?? null;
  }
  const folders = (environment.PATH ?? '').split(delimiter).filter(isAbsolute);
  for (const name of NAMES) {
    const found = folders.map((folder) => join(folder, name)).find(runs);
    if (found !== undefined) return found;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { app } from 'electron';

/**
 * Switches of Chromium that take a guard away: the sandbox, web security, the inspector from outside, or what a child
 * process runs. Fuses do not cover them.
 */
const REFUSED_SWITCHES = [
  'no-sandbox',
  'single-process',
  'disable-web-security',
  'disable-site-isolation-trials',
  'allow-file-access-from-files',
  'ignore-certificate-errors',
  'remote-debugging-port',
  'remote-debugging-pipe',
  'load-extension',
  'js-flags',
  'browser-subprocess-path',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
] as const;

/**
 * A packaged console does not run with a guard taken away. Whoever can pass a switch can do other things too; but
 * starters do so by themselves (an AppImage passes `no-sandbox` where user namespaces are forbidden), and then the
 * operator would not know.
 * @returns the first such switch, or null; always null in a build that is not packaged, which tests have to inspect
 */
export function refusedSwitch(): string | null {
  if (!app.isPackaged) return null;
  return REFUSED_SWITCHES.find((name) => app.commandLine.hasSwitch(name)) ?? null;
}

/** @returns what the operator can do about it, in words */
export function aboutSwitch(name: string): string {
  return name === 'no-sandbox'
    ? 'Swarmkeep shows what other machines say and does so only in a sandbox, which this system did not allow (--no-sandbox). Install the .deb package, which sets the sandbox up, or use the web shell: swarmkeep serve.'
    : `Swarmkeep does not run with --${name}, because it takes a guard away. Start it without.`;
}

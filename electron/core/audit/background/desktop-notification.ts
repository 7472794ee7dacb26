import { existsSync } from 'node:fs';
import { runProcess } from '#core/hosts/run-process.ts';
import { visible } from '#shared/domain/text.ts';

const PROGRAM = '/usr/bin/notify-send';

/**
 * Shows a notification on the desktop of the account that runs this (Desktop Notifications Specification 1.2, by notify-send(1)),
 * for a console without a window. Where there is no desktop, or nobody logged in, nothing is shown: the console keeps it.
 * @param sentence may quote a log: it is made visible, and its markup is none
 */
export async function notifyOnDesktop(
  sentence: string,
  environment: NodeJS.ProcessEnv = process.env,
  program: string = PROGRAM,
): Promise<void> {
  if (process.platform !== 'linux' || !existsSync(program)) return;
  const { XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS, DISPLAY, WAYLAND_DISPLAY } = environment;
  const env = Object.fromEntries(
    Object.entries({
      PATH: '/usr/bin:/bin',
      XDG_RUNTIME_DIR,
      DBUS_SESSION_BUS_ADDRESS,
      DISPLAY,
      WAYLAND_DISPLAY,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  await runProcess({
    program,
    arguments: ['--app-name=Swarmkeep', '--icon=security-high', '--', 'Swarmkeep', plainBody(sentence)],
    environment: env,
    script: '',
    endInput: true,
    timeoutMs: 5_000,
    maxStdoutBytes: 4_096,
    onOutput: () => undefined,
  });
}

/** A body may be read as markup (the specification, "Markup"): what would be, is written as text. */
export function plainBody(sentence: string): string {
  return visible(sentence)
    .slice(0, 512)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

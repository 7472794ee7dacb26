import type { BackgroundWatch } from '#shared/domain/audit/background.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { asJson } from './report.ts';
import type { Terminal } from './terminal.ts';

/**
 * `swarmkeep background [on|off]`: whether logs are watched while no window is open, and the unit of this account that does it.
 * @returns 0, or 2 when it cannot be had here
 * @throws CommandFailure for another word; what systemd said when it could not be switched
 */
export async function background(
  place: Place,
  wanted: string | undefined,
  { json }: { json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  if (wanted !== undefined && wanted !== 'on' && wanted !== 'off') {
    throw usage(`background takes on or off, not ${visible(wanted)}.`);
  }
  // Who switches it off cannot be the one that is ended by it.
  const open = await openConsole({ ...place, terminal, takesOver: wanted === 'off' });
  try {
    const state =
      wanted === undefined
        ? await open.client.audit.background()
        : await open.client.audit.setBackground({ on: wanted === 'on' });
    terminal.out.write(json ? asJson(state) : `${linesOf(state).map(visible).join('\n')}\n`);
    return state.possible ? EXIT.fine : EXIT.couldNot;
  } finally {
    await open.close();
  }
}

function linesOf(state: BackgroundWatch): string[] {
  if (!state.possible) return ['Logs cannot be watched in the background here.', state.trouble];
  const how = state.enabled
    ? `On: ${state.running ? 'it runs' : 'it does not run now'}, and starts with your login.`
    : 'Off: logs are watched while a window of Swarmkeep is open.';
  const linger =
    state.enabled && state.staysAfterLogout === false
      ? ['It ends when you log out. To let it go on: loginctl enable-linger']
      : [];
  return [
    how,
    `${state.enabled ? 'Placed' : 'It would place'}: ${state.file}`,
    ...linger,
    ...(state.trouble === '' ? [] : [state.trouble]),
  ];
}

import type { BackgroundWatch } from '#shared/domain/audit/background.ts';
import { visible } from '#shared/domain/text.ts';

/**
 * The line under the switch.
 * @param running what it is being switched to; null when nothing is under way
 */
export function backgroundWords(
  { enabled, running: runs, staysAfterLogout, trouble }: BackgroundWatch,
  running: boolean | null,
): { hint: string; warns: boolean } {
  if (running !== null)
    return { hint: running ? 'Asking systemd to start it…' : 'Asking systemd to end it…', warns: false };
  if (trouble !== '') return { hint: visible(trouble), warns: true };
  if (!enabled) {
    return {
      hint: 'Off: what happens while no window is open is read when you open one, and told then.',
      warns: false,
    };
  }
  if (!runs) return { hint: 'It starts with your next login; at present it does not run.', warns: true };
  const until = staysAfterLogout === true ? ', and goes on after you log out' : '';
  return {
    hint: `On: it started with your login${until}, and takes over when this window ends.`,
    warns: false,
  };
}

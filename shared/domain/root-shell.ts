import type { FixStep } from './finding.ts';

/** What a person does first when the commands of steps are for the administrator. */
export const ROOT_SHELL = 'Run the commands marked as administrator in a root shell. This opens one: sudo -i';

/** Whether commands want a root shell. Those for a node that was looked at as another account begin with sudo each. */
export function wantsRootShell(steps: readonly FixStep[]): boolean {
  return steps.some(
    ({ needsRoot, command }) => needsRoot && command !== null && !command.startsWith('sudo '),
  );
}

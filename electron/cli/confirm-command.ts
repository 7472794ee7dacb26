import { changeMeant } from './changes-command.ts';
import type { Place } from './check-command.ts';
import type { ExitCode } from './failure.ts';
import { AT_REST, followChange } from './follow-change.ts';
import { openConsole } from './open-console.ts';
import { printEnding } from './plan-run.ts';
import type { Terminal } from './terminal.ts';

/** `swarmkeep confirm CHANGE`: keeps a change that would take itself back, over a fresh connection. */
export async function confirm(
  place: Place,
  change: string,
  options: { json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const open = await openConsole({ ...place, terminal });
  try {
    const id = await changeMeant(open.client, change);
    await open.client.fixes.keep({ change: id });
    const ended = await followChange(open.client, id, terminal, AT_REST);
    return printEnding(null, ended, options, terminal);
  } finally {
    await open.close();
  }
}

import { changeMeant } from './changes-command.ts';
import type { Place } from './check-command.ts';
import type { ExitCode } from './failure.ts';
import { type RunOptions, runPlan } from './plan-run.ts';
import type { Terminal } from './terminal.ts';

/** `swarmkeep undo CHANGE`: takes a change back, or with `redo` does one again that was taken back. */
export function undo(
  place: Place,
  change: string,
  options: RunOptions & { redo?: boolean | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  return runPlan(place, options, terminal, async (client) => {
    const id = await changeMeant(client, change);
    return options.redo ? client.fixes.planRedo({ change: id }) : client.fixes.planUndo({ change: id });
  });
}

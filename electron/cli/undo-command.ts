import { changeMeant } from './changes-command.ts';
import type { Place } from './check-command.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { openConsole } from './open-console.ts';
import { changeInFull } from './plan-card.ts';
import { type RunOptions, runPlan } from './plan-run.ts';
import { asJson } from './report.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

interface UndoOptions extends RunOptions {
  redo?: boolean | undefined;
  leave?: boolean | undefined;
}

/**
 * `swarmkeep undo CHANGE`: takes a change back; with `redo` does one again that was taken back; with `leave` counts as settled
 * what cannot be taken back.
 * @throws CommandFailure
 */
export async function undo(
  place: Place,
  change: string,
  options: UndoOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.leave) return leave(place, change, options, terminal);
  return runPlan(place, options, terminal, async (client) => {
    const id = await changeMeant(client, change);
    return options.redo ? client.fixes.planRedo({ change: id }) : client.fixes.planUndo({ change: id });
  });
}

/** Shows what is left, asks, and touches nothing on the node. */
async function leave(
  place: Place,
  change: string,
  { redo, dryRun, yes, json }: UndoOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (redo) throw usage('--redo and --leave exclude each other.');
  const open = await openConsole({ ...place, terminal });
  try {
    const id = await changeMeant(open.client, change);
    const paint = painter(wantsColour(terminal.error, terminal.environment));
    const before = await open.client.fixes.get({ change: id });
    terminal.error.write(changeInFull(before, paint));
    if (dryRun) {
      if (json) terminal.out.write(asJson(before));
      return EXIT.fine;
    }
    const question = 'Leave all of it as it is now? No undo will take it back. Type yes to agree: ';
    const agreed = yes === true || (await terminal.ask(question))?.trim().toLowerCase() === 'yes';
    if (!agreed) throw couldNot('Consent was not given. Nothing was changed.');
    const after = await open.client.fixes.leave({ change: id });
    terminal.error.write('It is settled: nothing on the node was touched.\n');
    if (json) terminal.out.write(asJson(after));
    return EXIT.fine;
  } finally {
    await open.close();
  }
}

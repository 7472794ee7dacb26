import type { AppliedChange } from '#shared/domain/plan.ts';
import { changeMeant } from './changes-command.ts';
import type { Place } from './check-command.ts';
import { EXIT, type ExitCode, usage } from './failure.ts';
import { AT_REST, followChange } from './follow-change.ts';
import { openConsole } from './open-console.ts';
import { cardOf, changeInFull } from './plan-card.ts';
import { gateOf, printEnding, type RunOptions, runPlan } from './plan-run.ts';
import { asJson } from './report.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

interface UndoOptions extends RunOptions {
  redo?: boolean | undefined;
  leave?: boolean | undefined;
}

/**
 * `swarmkeep undo CHANGE`: takes a change back, or stops one that is under way; with `redo` does one again that was taken back; with `leave` counts as settled
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
  const stopped =
    options.redo || options.dryRun ? null : await stopUnderWay(place, change, options, terminal);
  if (stopped !== null) return printEnding(null, stopped, options, terminal);
  return runPlan(place, options, terminal, async (client) => {
    const id = await changeMeant(client, change);
    return options.redo ? client.fixes.planRedo({ change: id }) : client.fixes.planUndo({ change: id });
  });
}

/** Shows what is left, has it asked outside every page, and touches nothing on the node. */
async function leave(
  place: Place,
  change: string,
  options: UndoOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { redo, dryRun, json } = options;
  if (redo) throw usage('--redo and --leave exclude each other.');
  const open = await openConsole({ ...place, terminal, consent: gateOf(options, terminal), takesOver: true });
  try {
    const { client } = open;
    const id = await changeMeant(client, change);
    const paint = painter(wantsColour(terminal.error, terminal.environment));
    const before = await client.fixes.get({ change: id });
    terminal.error.write(changeInFull(before, paint));
    // Only what the node refuses to take back is left: it is asked now, unless that is what the change came to a stop for.
    if (before.state !== 'stuck')
      terminal.error.write(cardOf(await client.fixes.planUndo({ change: id }), paint));
    if (dryRun) {
      if (json) terminal.out.write(asJson(before));
      return EXIT.fine;
    }
    terminal.error.write(
      'All of it is left as it is: nothing on the node is touched, and no undo brings back what was there before.\n',
    );
    const after = await client.fixes.leave({ change: id });
    terminal.error.write('It is settled: nothing on the node was touched.\n');
    if (json) terminal.out.write(asJson(after));
    return EXIT.fine;
  } finally {
    await open.close();
  }
}

/** Stops a change that is under way, or goes on with taking it back now, and follows it to its end; null for one at rest. */
async function stopUnderWay(
  place: Place,
  change: string,
  options: UndoOptions,
  terminal: Terminal,
): Promise<AppliedChange | null> {
  const open = await openConsole({ ...place, terminal, consent: gateOf(options, terminal), takesOver: true });
  try {
    const { client } = open;
    const id = await changeMeant(client, change);
    const { endedAt } = await client.fixes.get({ change: id });
    if (endedAt !== null) return null;
    await client.fixes.cancel({ change: id });
    return await followChange(client, id, terminal, AT_REST);
  } finally {
    await open.close();
  }
}

import type { AppliedChange } from '#shared/domain/plan.ts';
import { changeMeant } from './changes-command.ts';
import type { Place } from './check-command.ts';
import { couldNot, EXIT, type ExitCode, usage } from './failure.ts';
import { AT_REST, followChange } from './follow-change.ts';
import { openConsole } from './open-console.ts';
import { changeInFull } from './plan-card.ts';
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

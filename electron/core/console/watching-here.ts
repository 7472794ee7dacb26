import type { BackgroundUnit } from '#core/audit/background/background-unit.ts';
import type { OwnOutcome } from '#core/fixes/engine/parts.ts';
import { BACKGROUND_UNIT } from '#shared/domain/audit/background.ts';
import type { PlanStep } from '#shared/domain/plan.ts';

/**
 * What a plan to remove Swarmkeep from this computer does about the unit that watches while no window is open.
 * @returns no step where there is no unit of this console
 */
export async function watchingSteps(unit: BackgroundUnit): Promise<PlanStep[]> {
  const { enabled, running, file } = await unit.state();
  if (!enabled && !running) return [];
  return [
    {
      check: null,
      title: 'Stop watching in the background',
      phase: 'now',
      action: null,
      preview: {
        kind: 'words',
        text: `Stops and disables ${BACKGROUND_UNIT} and removes ${file}.`.slice(0, 1_024),
      },
      needs: [],
      interrupts: null,
      undo: 'Settings switches it on again, and so does `swarmkeep background on`.',
      undoable: false,
      own: 'stop-watching',
    },
  ];
}

/** Does what {@link watchingSteps} says; a unit that is gone already is no failure. */
export async function stopWatching(unit: BackgroundUnit): Promise<OwnOutcome> {
  const { failed } = await unit.turnOff();
  return failed === null
    ? { ok: true, words: 'Nothing watches in the background now.' }
    : { ok: false, message: failed };
}

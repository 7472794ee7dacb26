import { CHECK_IDS, type CheckId, checkId } from '#shared/domain/check-id.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { type ExitCode, usage } from './failure.ts';
import { chosenNode, type RunOptions, runPlan } from './plan-run.ts';
import { during, type Terminal } from './terminal.ts';

export interface FixOptions extends RunOptions {
  node?: string | undefined;
  /** Seconds after which a change that may cut the operator off takes itself back. */
  revertsAfter?: string | undefined;
}

/**
 * `swarmkeep fix CHECK…`: plans the repair of one or several checks of a node, shows it and does it.
 * @throws CommandFailure
 */
export async function fix(
  place: Place,
  ids: readonly string[],
  options: FixOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const checks = ids.map(knownCheck);
  const seconds = options.revertsAfter === undefined ? undefined : secondsOf(options.revertsAfter);
  return runPlan(place, options, terminal, async (client) => {
    const node = await chosenNode(client, options.node, terminal);
    return during(terminal, `Looking at ${node.name} to make a plan`, () =>
      client.fixes.plan({
        node: node.id,
        checks,
        ...(seconds === undefined ? {} : { revertsAfter: seconds }),
      }),
    );
  });
}

function knownCheck(id: string): CheckId {
  const parsed = checkId.safeParse(id);
  if (parsed.success) return parsed.data;
  throw usage(
    `There is no check called ${shortened(visible(id), 64)}.`,
    `There are: ${CHECK_IDS.join(', ')}.`,
  );
}

function secondsOf(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds >= 5 && seconds <= 3_600) return seconds;
  throw usage('--reverts-after takes seconds, from 5 to 3600.');
}

import type { Place } from './check-command.ts';
import type { ExitCode } from './failure.ts';
import { chosenNode, type RunOptions, runPlan } from './plan-run.ts';
import type { Terminal } from './terminal.ts';

interface OfNode extends RunOptions {
  node?: string | undefined;
}

/** `swarmkeep remove --node N`: takes every change back and the helper away. */
export function remove(place: Place, options: OfNode, terminal: Terminal): Promise<ExitCode> {
  return runPlan(place, options, terminal, async (client) => {
    const node = await chosenNode(client, options.node, terminal);
    return client.fixes.planRemove({ node: node.id });
  });
}

/** `swarmkeep allow --node N`: puts the helper there, so that fixes can be done. */
export function allow(
  place: Place,
  options: OfNode & { withoutPassword: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  return runPlan(place, options, terminal, async (client) => {
    const node = await chosenNode(client, options.node, terminal);
    return client.fixes.planAllow({ node: node.id, withoutPassword: options.withoutPassword });
  });
}

import type { ApiClient } from '#core/api/direct-client.ts';
import type { ConsentGate } from '#core/console/service.ts';
import { quote } from '#core/hosts/quote.ts';
import { commandName } from '#shared/domain/command-name.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { AppliedChange, Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { withAllowCommand } from './allow-hint.ts';
import type { Place } from './check-command.ts';
import { nodeMeant, nodeNamed } from './choose-node.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { AT_REST, exitCodeOfChange, followChange } from './follow-change.ts';
import { tookItselfBack, wantsToKeep } from './keep-prompt.ts';
import { askPasswordHere, type OpenConsole, openConsole } from './open-console.ts';
import { cardOf, endingOf } from './plan-card.ts';
import { asJson } from './report.ts';
import { painter, type Terminal, wantsColour } from './terminal.ts';

/** What every command that changes a node takes. */
export interface RunOptions {
  dryRun?: boolean | undefined;
  yes?: boolean | undefined;
  json: boolean;
}

/**
 * Makes a plan, shows it, asks, does it, and says how it ended.
 * @param make asks the console for the plan
 * @returns 0 when it is done and seen to be, 1 when something is left to do or look at, 2 when it could not be done
 */
export async function runPlan(
  place: Place,
  options: RunOptions,
  terminal: Terminal,
  make: (client: ApiClient) => Promise<Plan>,
): Promise<ExitCode> {
  const consent = gateOf(options, terminal);
  const open = await openConsole({ ...place, terminal, consent, takesOver: true });
  try {
    const plan = await make(open.client);
    const paint = painter(wantsColour(terminal.error, terminal.environment));
    const named = (text: string, { nodeName }: Plan) =>
      withAllowCommand(text, terminal.environment, nodeName);
    if (!options.json || !options.dryRun)
      terminal.error.write(named(cardOf(plan, paint, !options.dryRun), plan));
    if (options.dryRun) {
      if (options.json) terminal.out.write(asJson({ plan, change: null }));
      return plan.steps.length > 0 ? EXIT.found : plan.left.length > 0 ? EXIT.couldNot : EXIT.fine;
    }
    if (plan.steps.length === 0 && plan.left.length === 0) {
      if (options.json) terminal.out.write(asJson({ plan, change: null }));
      return EXIT.fine;
    }
    if (plan.purpose === 'fix' && plan.steps.length === 0)
      throw couldNot('Nothing was changed.', byHandWords(plan, terminal));
    if (plan.blocked !== null)
      throw couldNot(named(plan.blocked, plan), 'Nothing was changed. The steps above can be done by hand.');
    const { change: id } = await open.client.plans.apply({ plan: plan.id, hash: plan.hash });
    const change = await untilRest(open, id, options, terminal);
    return printEnding(plan, change, options, terminal);
  } finally {
    await open.close();
  }
}

/** Where the steps of a person are, for checks that a program does not repair. */
function byHandWords({ left, nodeName }: Plan, { environment }: Terminal): string {
  const node = quote(nodeName);
  const checks = left.map(({ check }) => check).join(',');
  const command = `${commandName(environment)} check --only ${checks}${node.ok ? ` --node ${node.text}` : ''}`;
  return `What a person can do stands in: ${command}`;
}

/** Finds the node that is meant. @throws CommandFailure */
export async function chosenNode(
  client: ApiClient,
  name: string | undefined,
  terminal: Terminal,
): Promise<SwarmNode> {
  const nodes = await client.nodes.list();
  const node = name === undefined ? nodeMeant(nodes) : nodeNamed(nodes, name, terminal);
  if (node !== null) return node;
  throw couldNot(
    'No node was added yet.',
    `Add this computer with: ${commandName(terminal.environment)} node add --local`,
  );
}

/** The plan was shown before; here only the answer is missing. Default is no. */
export function gateOf(options: RunOptions, terminal: Terminal): ConsentGate {
  return {
    canAsk: options.yes === true || terminal.canAsk === true,
    async ask(_question, { signal } = {}) {
      if (options.yes) return true;
      const answer = await terminal.ask(
        'Do this? Type yes to agree, anything else leaves everything as it is: ',
        signal,
      );
      return answer?.trim().toLowerCase() === 'yes';
    },
    askPassword: askPasswordHere(terminal),
    tell: (words) => void terminal.error.write(`${visible(words)}\n`),
  };
}

/**
 * Follows a change to its end, and asks in between whether it is kept.
 * @returns the change as it ended, or still `unconfirmed` when nobody kept it and its time is not over
 */
export async function untilRest(
  { client }: Pick<OpenConsole, 'client'>,
  id: string,
  options: RunOptions,
  terminal: Terminal,
): Promise<AppliedChange> {
  const change = await followChange(client, id, terminal);
  if (change.state !== 'unconfirmed') return change;
  const { revertsAt } = change;
  const keeps = options.yes || (await wantsToKeep(client, change, terminal));
  if (!keeps) {
    const now = await client.fixes.get({ change: id });
    if (now.state === 'unconfirmed') return now;
    // What left that state while the question stood there is on its way to an end, or there.
    return saidWhen(await followChange(client, id, terminal, AT_REST));
  }
  try {
    await client.fixes.keep({ change: id });
  } catch (error) {
    terminal.error.write(`${error instanceof Error ? error.message : 'It could not be kept.'}\n`);
    return saidWhen(await client.fixes.get({ change: id }));
  }
  return saidWhen(await followChange(client, id, terminal, AT_REST));

  function saidWhen(ended: AppliedChange): AppliedChange {
    terminal.error.write(tookItselfBack(ended, revertsAt));
    return ended;
  }
}

/** Says how it ended on standard error, and with --json as the one document. */
export function printEnding(
  plan: Plan | null,
  change: AppliedChange,
  options: { json: boolean },
  terminal: Terminal,
): ExitCode {
  const paint = painter(wantsColour(terminal.error, terminal.environment));
  terminal.error.write(withAllowCommand(endingOf(change, paint), terminal.environment, change.nodeName));
  if (options.json) terminal.out.write(asJson({ plan, change }));
  return exitCodeOfChange(change);
}

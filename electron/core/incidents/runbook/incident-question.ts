import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';

/** What fits into the dialog of every shell. */
const LINE_LENGTH = 900;
const MOST_LINES = 12;

/**
 * What a person is asked outside the renderer before a step touches a node.
 * @param addressOf where a node is, which no page can change; its name can be anything
 */
export async function incidentQuestion(
  plan: IncidentPlan,
  node: string | null,
  addressOf: (node: string) => Promise<string | null>,
): Promise<{ title: string; lines: string[] }> {
  const address = node === null ? null : await addressOf(node);
  const lines = [
    ...(address === null ? [] : [`The node is reached at ${address}.`]),
    ...firstOf(plan.lines, 'line'),
    ...firstOf(plan.warnings, 'warning'),
    ...(plan.lines.length > MOST_LINES || plan.warnings.length > MOST_LINES
      ? [
          `All of it stands in the incident, and \`swarmkeep incident ${plan.step} --dry-run\` prints it. Say no to read it first.`,
        ]
      : []),
    plan.reversible,
    `SHA-256 of the whole plan: ${plan.hash}`,
  ];
  return {
    title: shortened(visible(plan.title), 240),
    lines: lines.map((line) => shortened(visible(line), LINE_LENGTH)),
  };
}

/** What is left out is counted: nobody agrees to what was swallowed in silence. */
function firstOf(all: readonly string[], what: string): string[] {
  const more = all.length - MOST_LINES;
  return more <= 0
    ? [...all]
    : [...all.slice(0, MOST_LINES), `… and ${more} more ${what}${more === 1 ? '' : 's'}.`];
}

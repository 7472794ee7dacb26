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
    ...plan.lines.slice(0, MOST_LINES),
    ...(plan.lines.length > MOST_LINES ? [`… and ${plan.lines.length - MOST_LINES} more lines.`] : []),
    ...plan.warnings.slice(0, MOST_LINES),
    plan.reversible,
    `SHA-256 of the whole plan: ${plan.hash}`,
  ];
  return {
    title: shortened(visible(plan.title), 240),
    lines: lines.map((line) => shortened(visible(line), LINE_LENGTH)),
  };
}

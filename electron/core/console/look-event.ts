import type { EventDraft } from '#core/ledger/ledger.ts';
import type { EndedLook } from '#core/store/operations/looks.ts';
import { countChecks } from '#shared/domain/counting.ts';
import type { Finding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { whereOf } from './tell-ledger.ts';

/**
 * @param findings as the checks gave them, before what the operator accepted; empty when the look brought nothing
 * @param scheduled whether the clock asked for it
 * @returns the event of a look that ended
 */
export function lookEvent(
  node: SwarmNode,
  look: EndedLook,
  findings: readonly Finding[],
  scheduled: boolean,
): EventDraft {
  // What was accepted is written down with its own events.
  const { waived: _, ...verdicts } = countChecks(findings);
  const { id, startedAt, outcome, error } = look;
  const checks = findings.map((entry) => entry.check);
  return {
    kind: 'look-ended',
    where: whereOf(node),
    scheduled,
    what: { look: id, startedAt, outcome, checks, verdicts, error },
  };
}

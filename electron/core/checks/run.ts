import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import type { Finding } from '#shared/domain/finding.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import type { Check, CheckInput } from './check.ts';
import { CHECKS } from './registry.ts';

function faultOf(check: Check, input: CheckInput, error: unknown): Finding {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no error';
  return {
    check: check.id,
    status: 'unknown',
    severity: 'info',
    summary: `We could not judge this on ${shortened(visible(input.nodeName), 256)}; this is a fault of Swarmkeep.`,
    detail:
      'The check itself failed while it read the facts. Nothing on the node was touched, and the other checks are not affected.',
    evidence: [
      {
        what: shortened(visible(message), 2_048),
        seen: 'a fault of Swarmkeep, not of the node',
        status: 'unknown',
        source: `check ${check.id}`,
        raw: null,
      },
    ],
    evidenceOmitted: 0,
    wouldChange: 'A version of Swarmkeep without this fault.',
    fix: [],
    wouldHelp: 'report this fault, with recorded facts of this node',
    lacking: false,
    declared: [],
    observedAt: input.now.toISOString(),
  };
}

/**
 * Runs one check so that nothing it does can harm the others: an exception becomes an `unknown` finding that says it is a
 * fault of Swarmkeep.
 */
export function runCheck(check: Check, input: CheckInput): Finding {
  try {
    return check.run(input);
  } catch (error) {
    return faultOf(check, input, error);
  }
}

/**
 * Runs the checks on one node's facts. The same input gives the same findings, byte for byte.
 * @param input facts and what the operator decided
 * @param options.only ids to run; all when left out
 * @returns one finding per check, in the order of `CHECK_IDS`
 */
export function runChecks(input: CheckInput, options: { only?: readonly CheckId[] } = {}): Finding[] {
  const wanted = options.only === undefined ? null : new Set(options.only);
  return CHECK_IDS.filter((id) => wanted === null || wanted.has(id)).map((id) => runCheck(CHECKS[id], input));
}

import { runChecks } from '#core/checks/run.ts';
import { inputFor } from '#core/checks/testing/facts-builder.ts';
import { FIXES, NOT_AUTOMATIC } from '#core/fixes/all.ts';
import { makePlan, planTargets } from '#core/fixes/plans/make-plan.ts';
import { recorded } from '#core/fixes/testing/recorded.ts';
import { statesOf } from '#core/fixes/testing/states.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import { HELPER_PROTOCOL, targetPath } from '#shared/domain/helper/targets.ts';
import { whyNoTestNode } from '../electron/helper/testing/helper-node.ts';
import { installHelper } from '../electron/helper/testing/install-helper.ts';
import { inWords, report, series } from './measure.ts';

/** Recorded machines: how they come out of the box, and with most of the work done. */
const MACHINES = ['stock', 'ufw', 'hardened'];
const PROMISED = { atMost: 300, text: '≤ 300 ms after facts' };

/** Plan for all fixes of one node: what the node is asked besides its facts, and the plan itself. */
export async function benchFixes(): Promise<void> {
  const helper = whyNoTestNode() === null ? await installHelper() : null;
  try {
    for (const machine of MACHINES) {
      const facts = recorded(machine);
      const known = inputFor(facts);
      const findings = new Map(runChecks(known).map((finding) => [finding.check, finding]));
      const request = {
        checks: CHECK_IDS,
        book: { fixes: FIXES, notAutomatic: NOT_AUTOMATIC },
        known,
        findings,
      };
      let targets = planTargets(request);
      const asked = await series(7, 'ms', () => {
        helper?.ask({
          version: HELPER_PROTOCOL,
          ask: 'inspect',
          paths: targets.filter(({ path }) => targetPath.safeParse(path).success),
        });
        return undefined;
      });
      const planned = await series(7, 'ms', () => {
        targets = planTargets(request);
        makePlan({
          ...request,
          id: 'ab'.repeat(16),
          node: { id: 'n1', name: 'miu' },
          madeAt: facts.collectedAt,
          states: statesOf(facts, targets),
          access: { via: 'root', installed: true, outdated: false, words: 'as root' },
          revertsAfter: undefined,
          unseen: null,
        });
        return undefined;
      });
      const together = planned.values.map((value, run) => value + (asked.values[run] ?? 0));
      report(
        `Plan for all fixes, ${machine}, with a helper that is asked what is there (${targets.length} places)`,
        { unit: 'ms', values: together },
        PROMISED,
        helper === null
          ? 'without the helper: namespaces are not to be had here'
          : `of which the helper, started once: ${inWords(asked)}; the plan: ${inWords(planned)}`,
      );
    }
  } finally {
    helper?.close();
  }
}

import { runChecks } from '#core/checks/run.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { countChecks } from '#shared/domain/counting.ts';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { levelOf } from '#shared/domain/level.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import { type CheckReport, inOrder, type ReportNode } from './report.ts';

/**
 * Judges facts by themselves: default settings, no declarations, no waivers. The level is that of all checks, also when
 * only some are shown.
 * @param packages their packages against advisories; null where nobody compared them
 */
export function judge(
  facts: Facts,
  node: ReportNode,
  only: readonly CheckId[] | null,
  packages: DependencyReport | null = null,
): CheckReport {
  const all = runChecks({
    facts,
    nodeName: node.name,
    now: new Date(facts.collectedAt),
    settings: DEFAULT_SETTINGS,
    declarations: [],
    ...(packages === null ? {} : { packages }),
  });
  const findings = all.filter((finding) => only === null || only.includes(finding.check)).map(inOrder);
  const { level } = levelOf(all, facts.profile.instances.length > 0);
  return { node, level, counts: countChecks(findings), findings };
}

import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { visible } from '#shared/domain/text.ts';
import type { Check } from './check.ts';

/**
 * A check that this version does not have yet. It says so, is `unknown` and holds its level: what nobody looks at is never
 * fine.
 */
export function lackingCheck(id: CheckId): Check {
  const entry = catalogueEntry(id);
  return {
    id,
    run: (input) => ({
      check: id,
      status: 'unknown',
      severity: 'info',
      summary: `We cannot say yet for ${visible(input.nodeName)}: ${entry.question.charAt(0).toLowerCase()}${entry.question.slice(1)}`,
      detail: entry.lackingBecause ?? '',
      evidence: [],
      evidenceOmitted: 0,
      wouldChange: 'A later version of Swarmkeep that has this check.',
      fix: [],
      wouldHelp: 'use a later version of Swarmkeep, once it has this check',
      lacking: true,
      declared: [],
      observedAt: input.now.toISOString(),
    }),
  };
}

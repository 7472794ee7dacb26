import { requirementsOfText } from '#core/dependencies/inventory/read-requirements.ts';
import { pinnedInstall } from '#core/dependencies/requirements/install-line.ts';
import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import type { BeforeInstall } from '#shared/domain/dependencies/before-install.ts';
import { finding } from './finding.ts';

/** The real reading of requirements, with one made-up weakness. */
export function comparedBefore(fileName: string, text: string, data: AdvisoryDataState): BeforeInstall {
  const read = requirementsOfText(fileName, text);
  if (!read.ok) throw new Error(read.reason);
  const { packages } = read.environment;
  const bad = packages.filter(({ name }) => name === 'spores-http');
  const pinned = read.lock === null ? null : pinnedInstall(read.lock);
  return {
    report: {
      packages: packages.length,
      findings: bad.map(({ name, version }) =>
        finding({
          package: name,
          version,
          ids: ['EXAMPLE-2026-0117'],
          severity: 'critical',
          score: 9.8,
          summary: 'A server may have any file of the caller written.',
          fixed: ['2.31.0'],
        }),
      ),
      upgrades: [],
      data,
    },
    problems: read.problems.map(({ place, line, text: written, seen }) => ({
      place,
      line,
      text: written,
      seen,
    })),
    pinned: pinned && { lines: [...pinned.lines], command: [...pinned.command], left: [...pinned.left] },
  };
}

import type { Overview } from '#shared/contract/findings.ts';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import { sarifReport } from './sarif.ts';

/** What every report is made of. */
export interface ReportInput {
  version: string;
  createdAt: string;
  overview: Overview;
  nodes: readonly SwarmNode[];
  /** Worst first. */
  findings: readonly TrackedFinding[];
  /** Packages that somebody asked for, with what the operator says of each. */
  direct: readonly DirectDependency[];
}

const MAKERS = {
  json: { make: jsonReport, mediaType: 'application/json', ending: 'json' },
  html: { make: htmlReport, mediaType: 'text/html', ending: 'html' },
  sarif: { make: sarifReport, mediaType: 'application/sarif+json', ending: 'sarif' },
} as const;

/** Raw text of evidence makes a report heavy; beyond this many characters in all it is left out, which is said. */
const MOST_TEXT = 8 * 1024 * 1024;

/**
 * A report that stands alone.
 * @returns text, its media type and a file name made of our own words and the date
 */
export function exportReport(
  format: keyof typeof MAKERS,
  input: ReportInput,
): { fileName: string; mediaType: string; text: string } {
  const { make, mediaType, ending } = MAKERS[format];
  const day = input.createdAt.slice(0, 10);
  const [only] = input.nodes.length === 1 ? input.nodes : [];
  const whose = only ? `-${only.id}` : '';
  return {
    fileName: `swarmkeep${whose}-${day}.${ending}`,
    mediaType,
    text: make({ ...input, findings: withinBounds(input.findings) }),
  };
}

function withinBounds(findings: readonly TrackedFinding[]): readonly TrackedFinding[] {
  let left = MOST_TEXT;
  return findings.map((finding) => {
    for (const entry of finding.evidence) left -= entry.raw?.length ?? 0;
    if (left >= 0) return finding;
    const note = '[left out: this report would be too large]';
    return {
      ...finding,
      evidence: finding.evidence.map((entry) => (entry.raw === null ? entry : { ...entry, raw: note })),
    };
  });
}

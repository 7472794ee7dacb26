import type { ReportInput } from './report.ts';

/** Version of the shape of the JSON report. */
const FORMAT = 1;

/** @returns everything that is known, as one JSON document with two spaces of indentation */
export function jsonReport(input: ReportInput): string {
  const { overview } = input;
  const document = {
    format: FORMAT,
    createdBy: `Swarmkeep ${input.version}`,
    createdAt: input.createdAt,
    sentence: overview.sentence,
    counts: overview.counts,
    nodes: overview.standings.map(({ node, nodeName, ...standing }) => ({
      id: node,
      name: nodeName,
      ...standing,
    })),
    findings: input.findings,
    directDependencies: input.direct,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

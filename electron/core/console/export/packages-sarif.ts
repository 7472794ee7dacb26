import { createHash } from 'node:crypto';
import type { Severity } from '#shared/domain/dependencies/advisory.ts';
import type { DependencyFinding, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { sarifLog } from './sarif-log.ts';

/** What the log of an audit of packages is made of. */
export interface PackagesSarifInput {
  /** Name of the node, or of what was audited. */
  subject: string;
  environments: readonly Environment[];
  report: DependencyReport;
  version: string;
  createdAt: string;
}

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  unrated: 'warning',
  low: 'note',
  none: 'note',
};

/** Readers sort by this number (a convention of code scanning); of what nobody rated it is left out. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string | null>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  none: '0.0',
  unrated: null,
};

const ruleIdOf = (finding: DependencyFinding): string => finding.ids[0] ?? finding.kind;

const WORDS: Readonly<Record<DependencyFinding['kind'], string>> = {
  vulnerability: 'A known weakness',
  malware: 'Malware',
  'not-comparable': 'A package that cannot be compared with advisories',
  unparsable: 'A version that cannot be put in order',
  unreadable: 'Metadata that could not be read',
};

function rulesOf(findings: readonly DependencyFinding[]) {
  const rules = new Map<string, DependencyFinding>();
  for (const finding of findings) if (!rules.has(ruleIdOf(finding))) rules.set(ruleIdOf(finding), finding);
  return [...rules].map(([id, finding]) => {
    const severity = SECURITY_SEVERITY[finding.severity];
    return {
      id,
      name: finding.kind,
      shortDescription: {
        text: finding.ids.length === 0 ? WORDS[finding.kind] : `${WORDS[finding.kind]}: ${id}`,
      },
      ...(finding.ids.length === 0
        ? {}
        : { helpUri: `https://osv.dev/vulnerability/${encodeURIComponent(id)}` }),
      properties: {
        tags: ['security', finding.kind],
        ...(severity === null || finding.ids.length === 0 ? {} : { 'security-severity': severity }),
      },
    };
  });
}

function messageOf(finding: DependencyFinding): string {
  const name = [finding.package, finding.version].filter(Boolean).join(' ') || finding.environment;
  const [fixed] = finding.fixed;
  const counts = finding.kind === 'vulnerability' || finding.kind === 'malware';
  return [
    `${name}: ${finding.summary || WORDS[finding.kind]}`,
    ...(finding.ids.length > 1 ? [`Also known as ${finding.ids.slice(1).join(', ')}.`] : []),
    ...(counts && fixed !== undefined ? [`Upgrade to ${fixed} or later.`] : []),
    ...(finding.mayBeBackported ? ['The system may have repaired it without a new version.'] : []),
  ].join('\n');
}

function resultOf(finding: DependencyFinding, input: PackagesSarifInput, index: ReadonlyMap<string, number>) {
  const counts = finding.kind === 'vulnerability' || finding.kind === 'malware';
  const name = normalizedName(finding.package);
  const environment = input.environments.find(({ id }) => id === finding.environment);
  const isFile = environment?.kind === 'list';
  const { ignored } = finding;
  return {
    ruleId: ruleIdOf(finding),
    ruleIndex: index.get(ruleIdOf(finding)) ?? -1,
    // Section 3.27.9: everything but `fail` has the level `none`.
    kind: counts ? 'fail' : 'open',
    level: !counts ? 'none' : finding.kind === 'malware' ? 'error' : LEVEL[finding.severity],
    message: { text: messageOf(finding) },
    locations: [
      {
        ...(isFile
          ? { physicalLocation: { artifactLocation: { uri: encodeURI(finding.environment.toWellFormed()) } } }
          : {}),
        logicalLocations: [
          {
            name: finding.package === '' ? finding.environment : finding.package,
            fullyQualifiedName: `${input.subject}:${finding.environment}/${name}`,
            kind: 'package',
          },
        ],
      },
    ],
    fingerprints: {
      'swarmkeep/v1': createHash('sha256')
        .update(
          [input.subject, finding.environment, name, finding.vendoredBy ?? '', ruleIdOf(finding)].join('\n'),
        )
        .digest('hex'),
    },
    // Section 3.27.23: either all results of a run say whether they are suppressed, or none does.
    suppressions:
      ignored === null
        ? []
        : [
            {
              kind: 'external',
              status: 'accepted',
              justification: ignored.reason,
              properties: { until: ignored.until, untilFixed: ignored.untilFixed },
            },
          ],
    properties: {
      kind: finding.kind,
      version: finding.version,
      severity: finding.severity,
      fixed: finding.fixed,
      from: finding.from,
      vendoredBy: finding.vendoredBy,
      requiredBy: finding.requiredBy,
    },
  };
}

/**
 * What is known of installed packages, as SARIF. Data that is missing, old or damaged makes the run one that did not succeed, so that
 * an empty list of results is never taken for a clean one.
 */
export function packagesSarif(input: PackagesSarifInput): string {
  const { findings, data } = input.report;
  const rules = rulesOf(findings);
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  return sarifLog({
    version: input.version,
    createdAt: input.createdAt,
    rules,
    troubles:
      data.state === 'fresh' && data.trouble === ''
        ? []
        : [data.trouble || `The advisory data is ${data.state}.`],
    results: findings.map((finding) => resultOf(finding, input, index)),
  });
}

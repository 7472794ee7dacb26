import type { Severity as Rating } from '#shared/domain/dependencies/advisory.ts';
import type { DependencyFinding, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import type { FixStep, Severity } from '#shared/domain/finding.ts';
import { counted } from '#shared/domain/words.ts';
import type { CheckInput } from './check.ts';
import type { Part } from './part.ts';
import { asUser, byHand } from './steps.ts';

/** What nobody rated is taken as medium: neither shouted nor hidden. */
const SEVERITY: Readonly<Record<Rating, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  none: 'info',
  unrated: 'medium',
};

/** What helps where there is no data, or old data. */
export const IMPORT_ADVISORIES =
  'import advisories: swarmkeep dependencies import FILE, with the all.zip of OSV for PyPI';

const SOURCE = 'advisories of OSV, compared with *.dist-info';

function upgradeSteps(finding: DependencyFinding, report: DependencyReport): FixStep[] {
  const { environment, version } = finding;
  const upgrade = report.upgrades.find(
    (entry) =>
      entry.environment === environment && entry.package === finding.package && entry.from === version,
  );
  if (finding.from === 'distribution')
    return [
      byHand(
        'Install the updates of the system: its packages are repaired there, often without a new version.',
        true,
      ),
    ];
  if (finding.vendoredBy !== null)
    return [byHand(`Upgrade ${finding.vendoredBy}, which carries this copy within itself.`)];
  if (upgrade?.command == null)
    return [
      byHand(
        `Replace ${finding.package} by something that is looked after, or remove it: there is no repaired version.`,
      ),
    ];
  const [program = ''] = upgrade.command;
  const wanted = upgrade.command.at(-1) ?? '';
  return [
    byHand('Keep the list of what is installed now, and change the lock first, where there is one.'),
    upgrade.command.includes('--user')
      ? asUser(`Upgrade ${finding.package}`)`${program} -m pip install --user -- ${wanted}`
      : asUser(`Upgrade ${finding.package}`)`${program} -m pip install -- ${wanted}`,
  ];
}

function whence(finding: DependencyFinding): string {
  const words = [
    ...(finding.vendoredBy === null ? [] : [`a copy within ${finding.vendoredBy}`]),
    ...(finding.mayBeBackported
      ? ['a package of the system, which may carry the repair in this version']
      : []),
    ...(finding.requiredBy.length === 0 ? [] : [`needed by ${finding.requiredBy.slice(0, 8).join(', ')}`]),
  ];
  return words.length === 0 ? '' : ` (${words.join('; ')})`;
}

function partOf(finding: DependencyFinding, input: CheckInput, report: DependencyReport): Part {
  const { ignored, reopened, kind, version } = finding;
  const name = finding.package === '' ? finding.environment : `${finding.package} ${version ?? ''}`.trim();
  const ids = finding.ids.slice(0, 6).join(', ');
  const base = {
    what: `${name}${ids === '' ? '' : `: ${ids}`}`,
    source: SOURCE,
    raw: [finding.summary, `in ${finding.environment}`, finding.ids.join(' ')].filter(Boolean).join('\n'),
  };
  if (ignored !== null)
    return {
      ...base,
      seen: `put aside${ignored.until === null ? '' : ` until ${ignored.until.slice(0, 10)}`}${ignored.untilFixed ? ' until there is a repair' : ''}: ${ignored.reason}`,
      status: 'not-applicable',
    };
  const again = reopened === null ? '' : '; it was put aside, and that has ended';
  if (kind === 'malware')
    return {
      ...base,
      seen: `malware${whence(finding)}${again}`,
      status: 'fix',
      severity: 'critical',
      headline: `${name} on ${input.nodeName} is malware.`,
      steps: [
        byHand(
          'Treat it as an incident: pause the agents before you change anything, for it may have run already.',
        ),
        byHand(`Remove ${finding.package}, and change every secret that it could read.`),
      ],
    };
  if (kind !== 'vulnerability')
    return {
      ...base,
      seen: `cannot be compared: ${finding.summary}${again}`,
      status: 'unknown',
      headline: `Not everything on ${input.nodeName} can be compared with advisories: ${name}.`,
      wouldHelp: 'install it as a released version, or put it aside with a reason',
    };
  const [fixed] = finding.fixed;
  // What may have been repaired already, and what nobody has repaired yet, waits for a person.
  const canBeFixed = fixed !== undefined && !finding.mayBeBackported;
  return {
    ...base,
    seen: `${finding.severity === 'unrated' ? 'a known weakness that nobody has rated' : `a known weakness, ${finding.severity}`}${fixed === undefined ? ', without a repair' : `, repaired in ${fixed}`}${whence(finding)}${again}`,
    status: canBeFixed ? 'fix' : 'review',
    severity: SEVERITY[finding.severity],
    headline: `${name} on ${input.nodeName} has a known weakness${fixed === undefined ? ', and no repair is known' : ''}.`,
    steps: upgradeSteps(finding, report),
  };
}

/** How the advisory data stands: only fresh data supports that nothing was found. */
function dataPart(input: CheckInput, { data, packages }: DependencyReport): Part {
  const node = input.nodeName;
  const what = 'advisories';
  const raw = [data.origin, data.newest === null ? '' : `newest record ${data.newest}`]
    .filter(Boolean)
    .join('\n');
  if (data.state === 'fresh' && packages === 0)
    return {
      what,
      seen: 'there is fresh advisory data, and no package was seen that could be compared',
      status: 'unknown',
      source: SOURCE,
      raw,
      headline: `No package was seen on ${node}, so none could be compared with advisories.`,
      wouldHelp: 'say in Setup where mycoSwarm is installed',
    };
  if (isPartOfAdvisories(data))
    return {
      what,
      seen: `${counted(data.advisories, 'advisory', 'advisories')}, which ${data.advisories === 1 ? 'is' : 'are'} a small part of all that are published`,
      status: 'unknown',
      source: SOURCE,
      raw,
      headline: `We cannot say that the packages on ${node} are fine: there are only ${counted(data.advisories, 'advisory', 'advisories')} to compare them with.`,
      wouldHelp: IMPORT_ADVISORIES,
    };
  if (data.state === 'fresh')
    return {
      what,
      seen: `${counted(data.advisories, 'advisory', 'advisories')}, compared with ${counted(packages, 'package')}`,
      status: 'pass',
      source: SOURCE,
      raw,
    };
  const why =
    data.state === 'none'
      ? 'there is no advisory data'
      : data.state === 'stale'
        ? `the advisory data is old: its newest record is of ${data.newest?.slice(0, 10) ?? 'an unknown day'}`
        : `the advisory data cannot be relied on: ${data.trouble}`;
  return {
    what,
    seen: why,
    status: 'unknown',
    source: SOURCE,
    raw,
    headline:
      data.state === 'none'
        ? `We know the ${counted(packages, 'package')} on ${node}, and have no advisory data to compare them with.`
        : `We cannot say that the packages on ${node} are fine: ${why}.`,
    wouldHelp: IMPORT_ADVISORIES,
  };
}

/** Names that are there twice: which one runs depends on the order of a folder. */
export function twiceParts(
  environments: readonly {
    sitePackages: string;
    distributions: readonly { name: string; version: string }[];
  }[],
): Part[] {
  return environments.flatMap(({ sitePackages, distributions }) => {
    const versions = new Map<string, string[]>();
    for (const { name, version } of distributions) {
      const key = normalizedName(name);
      versions.set(key, [...(versions.get(key) ?? []), version]);
    }
    return [...versions]
      .filter(([, known]) => known.length > 1)
      .slice(0, 32)
      .map(
        ([name, known]): Part => ({
          what: `${name} in ${sitePackages}`,
          seen: `there ${known.length} times: ${known.map((version) => version || 'without a version').join(', ')}`,
          status: 'not-applicable',
          source: `ls ${sitePackages}`,
        }),
      );
  });
}

/** What advisories say of the packages of a node, and how far they can be relied on. */
export function packageParts(input: CheckInput, report: DependencyReport): Part[] {
  return [dataPart(input, report), ...report.findings.map((finding) => partOf(finding, input, report))];
}

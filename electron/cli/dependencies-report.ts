import { quoteAll } from '#core/hosts/quote.ts';
import type { AdvisoryDataState, Severity } from '#shared/domain/dependencies/advisory.ts';
import type {
  DependencyFinding,
  DependencyReport,
  FindingKind,
  Upgrade,
} from '#shared/domain/dependencies/finding.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, counted, countWord } from '#shared/domain/words.ts';
import type { Colour, Paint } from './terminal.ts';

/** One finding of `dependencies audit --json`. Keys are stable; more may be added. */
interface ReportedFinding {
  package: string;
  version: string | null;
  ids: string[];
  severity: Severity;
  fixed: string[];
  kind: FindingKind;
}

/** What `dependencies audit --json` prints. Keys are stable; more may be added. */
export interface DependencyDocument {
  packages: number;
  findings: ReportedFinding[];
  data: {
    advisories: number;
    newest: string | null;
    ageDays: number | null;
    state: AdvisoryDataState['state'];
    /** There only when the set that was taken into use is a small part of what is published: nothing is clean by it. */
    isPart?: true;
  };
  /** Findings that were accepted, each with its reason; absent when there are none. */
  ignored?: (ReportedFinding & { reason: string; until: string | null })[];
}

function reported(finding: DependencyFinding): ReportedFinding {
  const { version, ids, severity, fixed, kind } = finding;
  return { package: finding.package, version, ids, severity, fixed, kind };
}

/** The document for programs: what counts, and apart from it what was accepted. */
export function dependencyDocument({ packages, findings, data }: DependencyReport): DependencyDocument {
  const { advisories, newest, ageDays, state } = data;
  const ignored = findings.flatMap((finding) =>
    finding.ignored === null
      ? []
      : [{ ...reported(finding), reason: finding.ignored.reason, until: finding.ignored.until }],
  );
  return {
    packages,
    findings: findings.filter((finding) => finding.ignored === null).map(reported),
    data: { advisories, newest, ageDays, state, ...(isPartOfAdvisories(data) ? { isPart: true } : {}) },
    ...(ignored.length > 0 ? { ignored } : {}),
  };
}

const COLOURS: Readonly<Record<Severity, Colour>> = {
  critical: 'red',
  high: 'red',
  unrated: 'yellow',
  medium: 'yellow',
  low: 'dim',
  none: 'dim',
};

const KIND_WORDS: Readonly<Record<FindingKind, string>> = {
  malware: 'MALWARE',
  vulnerability: '',
  'not-comparable': 'cannot say',
  unparsable: 'cannot say',
  unreadable: 'cannot say',
};

/** How old the data is, always in sight. */
export function dataLine({ state, advisories, newest, ageDays }: AdvisoryDataState): string {
  if (state === 'none') return 'none';
  if (state === 'unknown' && advisories === 0) return 'cannot be read';
  const age =
    ageDays === null
      ? 'of unknown age'
      : ageDays < 0
        ? 'from the future'
        : ageDays === 0
          ? 'of today'
          : `${counted(ageDays, 'day')} old`;
  return `${advisories.toLocaleString('en')} ${advisories === 1 ? 'advisory' : 'advisories'}, the newest ${age}${newest === null ? '' : ` (${newest.slice(0, 10)})`}`;
}

/** The report as a person reads it: what to do first, each with its one line, the age of the data at the end. */
export function dependencyTable(report: DependencyReport, paint: Paint): string {
  const { findings, packages, data, upgrades } = report;
  const counting = findings.filter(({ ignored }) => ignored === null);
  const unsaid = counting.filter(({ kind }) => kind !== 'vulnerability' && kind !== 'malware').length;
  const known = counting.length - unsaid;
  const head = capital(
    [
      `${counted(packages, 'package')}: ${knownWords(known, report)}`,
      ...(unsaid > 0 ? [`${countWord(unsaid)} that nothing can be said about`] : []),
    ].join(', '),
  );
  const several = new Set(findings.map(({ environment }) => environment)).size > 1;
  const lines = [paint('bold', `${head}.`), ''];
  for (const finding of findings) lines.push(...rows(finding, several, paint));
  if (upgrades.length > 0) lines.push('', paint('bold', 'What ends them:'));
  for (const upgrade of upgrades) {
    const by = counting.find(
      (one) =>
        one.package === upgrade.package &&
        one.version === upgrade.from &&
        one.environment === upgrade.environment,
    );
    lines.push(
      `  ${visible(upgrade.package)} ${visible(upgrade.from)} → ${visible(upgrade.to)} ends ${countWord(upgrade.ends)}`,
      paint('dim', `    ${wayUp(upgrade, by)}`),
    );
  }
  if (findings.length > 0) lines.push('');
  lines.push(
    paint(
      data.state === 'fresh' && data.trouble === '' ? 'dim' : 'yellow',
      `Advisory data: ${dataLine(data)}.`,
    ),
  );
  if (data.trouble !== '') lines.push(visible(data.trouble));
  return `${lines.join('\n')}\n`;
}

/** What a person types for it, or who brings the newer version where pip does not. */
function wayUp({ command }: Upgrade, finding: DependencyFinding | undefined): string {
  if (command !== null) {
    const { text, refused } = quoteAll(command);
    // Whoever copies it into a shell must get these words and no others.
    if (refused.length === 0) return `$ ${text}`;
  }
  if (finding?.vendoredBy != null)
    return `comes with a newer ${visible(finding.vendoredBy)}, which carries this copy`;
  return finding?.mayBeBackported === true
    ? 'comes with the updates of the system, often without a new version'
    : 'is not for pip to do';
}

/** "Nothing found" means something with fresh data only, and says so itself where it does not. */
function knownWords(known: number, { packages, data }: DependencyReport): string {
  if (data.state === 'none') return 'nothing is known, for there is no advisory data';
  if (data.state === 'unknown' && data.advisories === 0)
    return 'nothing is known, for the advisory data cannot be read';
  if (known > 0) return counted(known, 'known vulnerability', 'known vulnerabilities');
  if (packages === 0) return 'there was nothing to compare';
  const where = {
    fresh: isPartOfAdvisories(data)
      ? `, as far as ${counted(data.advisories, 'advisory', 'advisories')} ${data.advisories === 1 ? 'tells' : 'tell'}`
      : '',
    stale: `, as far as advisories tell that are ${counted(data.ageDays ?? 0, 'day')} old`,
    unknown: ', as far as advisories tell that are dated in the future',
  }[data.state];
  return `no known vulnerability${where}`;
}

function rows(finding: DependencyFinding, several: boolean, paint: Paint): string[] {
  const { kind, severity, ids, fixed, version, ignored } = finding;
  const word = KIND_WORDS[kind] || severity;
  const colour = kind === 'malware' ? 'red' : COLOURS[severity];
  const what = `${visible(finding.package || finding.environment)}${version === null ? '' : ` ${visible(version)}`}`;
  const repair =
    kind !== 'vulnerability'
      ? ''
      : fixed[0] === undefined
        ? ', not repaired yet'
        : `, repaired in ${visible(fixed[0])}`;
  const notes = [
    finding.mayBeBackported && kind === 'vulnerability'
      ? 'the distribution may have repaired it in this version'
      : '',
    finding.vendoredBy === null ? '' : `a copy within ${visible(finding.vendoredBy)}`,
    finding.requiredBy.length === 0
      ? ''
      : `asked for by ${finding.requiredBy.slice(0, 4).map(visible).join(', ')}`,
    ignored === null ? '' : `accepted: ${visible(ignored.reason)}`,
    several ? visible(finding.environment) : '',
  ].filter((note) => note !== '');
  return [
    `${paint(colour, (ignored === null ? word : 'accepted').padEnd(10))}  ${what}${ids.length === 0 ? '' : `  ${ids.slice(0, 3).map(visible).join(' ')}`}${repair}`,
    ...(finding.summary === '' ? [] : [`            ${paint('dim', visible(finding.summary))}`]),
    ...(notes.length === 0 ? [] : [`            ${paint('dim', notes.join('; '))}`]),
  ];
}

import type { AdvisoryDataState, AdvisoryFetching, Severity } from '#shared/domain/dependencies/advisory.ts';
import type { DependencyFinding } from '#shared/domain/dependencies/finding.ts';
import type { InstalledFrom } from '#shared/domain/dependencies/inventory.ts';
import { OSV_ADDRESS } from '#shared/domain/dependencies/osv-address.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, counted } from '#shared/domain/words.ts';
import type { Group, PlacedFinding, PlacedReport } from './report-groups.ts';

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  none: 'None',
  unrated: 'Not rated',
};

/** How a package came there, for whoever has to change it. */
export const FROM_WORDS: Readonly<Record<InstalledFrom, string>> = {
  index: 'from a package index',
  file: 'from a file',
  url: 'from an address',
  vcs: 'from version control',
  editable: 'editable, from a folder',
  distribution: 'from the system’s own packages',
  vendored: 'a copy within another package',
};

/** The first sentence of the page. */
export function dependenciesSentence(...said: Parameters<typeof plainSentence>): string {
  const sentence = plainSentence(...said);
  // A package is called as it is written, whatever it begins with.
  return /^[a-z]+ (package|known)/.test(sentence) ? capital(sentence) : sentence;
}

function plainSentence(
  reports: readonly PlacedReport[],
  groups: Readonly<Record<Group, readonly PlacedFinding[]>>,
  data: AdvisoryDataState,
  missing: readonly string[] = [],
): string {
  const packages = reports.reduce((sum, { report }) => sum + report.packages, 0);
  const { malware, upgrade, waiting, unclear } = groups;
  if (malware.length > 0) {
    const names = [...new Set(malware.map(({ finding }) => finding.package))];
    return `${names.slice(0, 3).join(', ')} ${names.length === 1 ? 'is' : 'are'} known to be malware.`;
  }
  if (data.state === 'none')
    return packages === 0
      ? 'No packages were seen yet, and there are no advisories to compare them with.'
      : `${counted(packages, 'package')}, and no advisories yet to compare them with.`;
  if (reports.length === 0 && missing.length > 0)
    return `Nothing can be said of the packages on ${namesInWords(missing)}.`;
  const names = new Set(upgrade.map(({ finding }) => finding.package));
  if (names.size > 0) {
    const worst = upgrade[0]?.finding;
    const first = worst ? `, ${worst.package} first` : '';
    return `${counted(names.size, 'package')} to upgrade${names.size > 1 ? first : ''}.`;
  }
  if (waiting.length > 0)
    return `${counted(waiting.length, 'known weakness', 'known weaknesses')} without a repair yet.`;
  if (data.state === 'stale')
    return 'Nothing is known against these packages, but the advisories are too old to rely on.';
  if (data.state === 'unknown')
    return data.advisories === 0
      ? `${counted(packages, 'package')}, and the advisories to compare them with cannot be read.`
      : 'Nothing is known against these packages, but the advisories are dated in the future.';
  if (isPartOfAdvisories(data) && packages > 0)
    return `Nothing is known against these packages, but ${counted(data.advisories, 'advisory', 'advisories')} ${data.advisories === 1 ? 'is' : 'are'} a small part of all that are published.`;
  if (unclear.length > 0)
    return `Nothing is known against ${counted(packages, 'package')}; of ${unclear.length.toLocaleString('en')} nobody can say.`;
  if (missing.length > 0 && reports.length > 0)
    return `Nothing is known against ${counted(packages, 'package')}; of ${namesInWords(missing)} nobody can say.`;
  return packages === 0
    ? 'No Python packages were seen on these nodes.'
    : `Nothing is known against any of ${counted(packages, 'package')}.`;
}

/** `miu`, `miu and boa`, `miu, boa, pi and 2 others`. Names of strangers. */
function namesInWords(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(visible);
  const more = names.length - shown.length;
  if (more > 0) shown.push(`${more.toLocaleString('en')} ${more === 1 ? 'other' : 'others'}`);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** Nodes that are missing from what the page says, and why; empty when none is. */
export function missingWords({ failed, unseen }: MissingNodes): string {
  return [
    failed.length === 0
      ? ''
      : `The packages of ${namesInWords(failed)} could not be compared, so nothing here is about ${failed.length === 1 ? 'it' : 'them'}.`,
    unseen.length === 0
      ? ''
      : `Nobody has looked at ${namesInWords(unseen)} yet, so nothing is known of ${unseen.length === 1 ? 'its' : 'their'} packages.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** Names of nodes of which there is no report. */
export interface MissingNodes {
  /** It could not be made. */
  failed: readonly string[];
  /** Nobody looked yet, or what was seen cannot be read. */
  unseen: readonly string[];
}

/** Age and origin of the advisories, always in sight: `24,113 advisories, the newest of yesterday`. */
export function dataWords({ state, advisories, ageDays }: AdvisoryDataState): string {
  if (state === 'none') return 'No advisories here yet';
  if (state === 'unknown' && advisories === 0) return 'The advisories cannot be read';
  const many = capital(counted(advisories, 'advisory', 'advisories'));
  if (ageDays === null) return many;
  if (ageDays < 0) return `${many}, the newest dated in the future`;
  const age = ageDays === 0 ? 'today' : ageDays === 1 ? 'yesterday' : `${counted(ageDays, 'day')} ago`;
  return `${many}, the newest from ${age}`;
}

/** Whether advisories are fetched without being asked for, from where, and what went wrong the last time. */
export function fetchingWords({ address, daily, lastTrouble }: AdvisoryFetching): string {
  const place = address === OSV_ADDRESS ? 'OSV' : visible(address);
  if (!daily)
    return `Nothing is fetched unasked; Settings can change that.${address === OSV_ADDRESS ? '' : ` Asked, it comes from ${place}.`}`;
  const trouble = lastTrouble === '' ? '' : ` The last time it did not work: ${visible(lastTrouble)}`;
  return `Fetched from ${place} once a day, as you turned on in Settings.${trouble}`;
}

/** What is wrong with the advisories, in the page's words; empty when nothing is. */
export function troubleWords(data: AdvisoryDataState): string {
  switch (data.state) {
    case 'fresh':
      return isPartOfAdvisories(data)
        ? 'There are more than ten thousand for Python packages. Of what these do not name nothing is known here.'
        : '';
    case 'none':
      return 'Without them nobody can say what is known of these packages.';
    case 'stale':
      return 'What became known since is not in them, so nothing here is called fine.';
    default:
      return visible(data.trouble);
  }
}

/** Beside the button that plans it: the same by hand. */
export function byHandWords(commands: number): string {
  return commands === 1
    ? 'By hand it takes one command.'
    : `By hand it takes ${commands.toLocaleString('en')} commands.`;
}

/** What comes before everything else where malware is installed. */
export function malwareLead(malware: readonly PlacedFinding[]): string {
  const nodes = [...new Set(malware.map(({ nodeName }) => visible(nodeName)))];
  const shown = nodes.slice(0, 3).join(', ');
  return `Take ${shown}${nodes.length > 3 ? ' and the others' : ''} off the network first, then the package away. Treat every key it could read as known to strangers.`;
}

/** What to do about a finding, in a few words: `→ 2.31.0`, `no repair yet`. */
export function answerWords({ finding, upgrade }: PlacedFinding): string {
  if (finding.kind === 'malware') return 'remove it';
  if (finding.kind !== 'vulnerability') return 'cannot say';
  const to = upgrade?.to ?? finding.fixed[0];
  return to === undefined ? 'no repair yet' : `→ ${to}`;
}

/** Why a decision about a finding no longer holds. */
export const REOPENED_WORDS: Readonly<Record<NonNullable<DependencyFinding['reopened']>['why'], string>> = {
  'ran-out': 'It was accepted until a day that is over.',
  fixed: 'It was accepted until there is a repair, and there is one now.',
  worse: 'It was accepted when it was rated as less bad than it is now.',
  'version-changed': 'It was accepted for another version than is installed now.',
};

import { satisfies } from '@renovatebot/pep440';
import type { EnvironmentFact } from '#core/dependencies/inventory/inventory.ts';
import { holds } from '#core/dependencies/requirements/marker.ts';
import { parseRequirement } from '#core/dependencies/requirements/requirement.ts';
import type { DependencyReport, Upgrade } from '#shared/domain/dependencies/finding.ts';
import { normalizedName } from '#shared/domain/dependencies/inventory.ts';

const FROM_SYSTEM =
  'it belongs to the system’s package manager, which repairs it with the system’s updates, often without a new version';

const WHY_NOT_HERE: Readonly<Record<EnvironmentFact['kind'], string | null>> = {
  'virtual-environment': null,
  'distribution-packages': FROM_SYSTEM,
  system:
    'this Python is the whole system’s, which keeps other tools from it (EXTERNALLY-MANAGED, PEP 668): give mycoSwarm a virtual environment of its own (python3 -m venv) and install it there',
  user: 'it lies among the personal packages of an account, for all of its programs: upgrade it as that account, or give mycoSwarm a virtual environment of its own',
};

/** Package, version and where it is: the parts of a report that belong to one upgrade. */
export const isAbout =
  (upgrade: Upgrade) =>
  (other: { environment: string; package: string; version: string | null }): boolean =>
    other.environment === upgrade.environment &&
    other.package === upgrade.package &&
    other.version === upgrade.from;

function cameOtherwise(upgrade: Upgrade, report: DependencyReport): string | null {
  const found = report.findings.filter(isAbout(upgrade));
  if (found.some(({ kind }) => kind === 'malware'))
    return 'it is malware, and another version of it is no repair: treat it as an incident, and remove it';
  const [first] = found;
  if (first === undefined) return null;
  if (first.vendoredBy !== null)
    return `it is a copy within ${first.vendoredBy}: upgrade that, when it has a release with a newer copy`;
  switch (first.from) {
    case 'distribution':
      return FROM_SYSTEM;
    case 'editable':
    case 'vcs':
      return 'it is a working copy or came from version control: bring that to a repaired state, and install it again';
    case 'url':
    case 'file':
      return 'it came from a file or an address and not from an index: get a repaired one from the same place';
    default:
      return null;
  }
}

/** Installed packages that ask for other versions of it than the one that repairs it. */
function refusedBy(
  fact: EnvironmentFact,
  upgrade: Upgrade,
  alsoUpgraded: ReadonlySet<string>,
): string | null {
  const name = normalizedName(upgrade.package);
  for (const other of fact.distributions) {
    if (alsoUpgraded.has(normalizedName(other.name))) continue;
    for (const text of other.requires) {
      const requirement = parseRequirement(text);
      if (requirement?.name !== name || requirement.clauses.length === 0) continue;
      if (requirement.marker !== null && holds(requirement.marker, { extra: '' }) === false) continue;
      if (satisfies(upgrade.to, requirement.specifiers, { prereleases: true })) continue;
      return `${other.name} ${other.version} asks for ${name} ${requirement.specifiers}, so ${upgrade.to} does not fit to it: look for a version of ${other.name} that allows it, and install both together`;
    }
  }
  return null;
}

/**
 * Why a program does not do an upgrade, and what a person does instead, as half a sentence; null when it can. Whose the environment is
 * and whether it can be written is seen on the node only.
 * @param alsoUpgraded normalised names that the same step upgrades: what their new versions ask for shows when they are there
 */
export function whyByHand(
  upgrade: Upgrade,
  fact: EnvironmentFact | undefined,
  report: DependencyReport,
  alsoUpgraded: ReadonlySet<string>,
): string | null {
  if (fact === undefined) return 'no program of Swarmkeep upgrades it: take the steps of the finding';
  const place = WHY_NOT_HERE[fact.kind];
  if (place !== null) return place;
  const otherwise = cameOtherwise(upgrade, report);
  if (otherwise !== null) return otherwise;
  const name = normalizedName(upgrade.package);
  const same = fact.distributions.filter((one) => normalizedName(one.name) === name);
  if (same.length !== 1)
    return 'it is there more than once: uninstall it until it is gone, and install it again';
  if (same[0]?.broken === true || !fact.complete)
    return 'what is installed there could not be read whole: install the package again';
  if (!fact.distributions.some((one) => normalizedName(one.name) === 'pip'))
    return 'there is no pip in that environment: upgrade it with the tool that made the environment, such as uv';
  if (siteWithin(fact) === null)
    return 'its folder of packages does not lie where a virtual environment has it';
  if (upgrade.command === null) return 'its name or version is not one that can be given to a program';
  return refusedBy(fact, upgrade, alsoUpgraded);
}

/** The folder of packages relative to the root of its environment; null when it lies elsewhere. */
export function siteWithin({ root, sitePackages }: EnvironmentFact): string | null {
  const relative = sitePackages.startsWith(`${root}/`) ? sitePackages.slice(root.length + 1) : '';
  return /^lib(64)?\/python3\.\d{1,2}t?\/site-packages$/.test(relative) ? relative : null;
}

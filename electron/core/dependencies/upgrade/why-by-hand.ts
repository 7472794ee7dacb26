import { satisfies } from '@renovatebot/pep440';
import type { EnvironmentFact } from '#core/dependencies/inventory/inventory.ts';
import { holds } from '#core/dependencies/requirements/marker.ts';
import { parseRequirement } from '#core/dependencies/requirements/requirement.ts';
import type { DependencyReport, Upgrade } from '#shared/domain/dependencies/finding.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';

const FROM_SYSTEM =
  'it belongs to the system’s package manager, which repairs it with the system’s updates, often without a new version';

const WHY_NOT_HERE: Readonly<Record<EnvironmentFact['kind'], string | null>> = {
  'virtual-environment': null,
  'distribution-packages': FROM_SYSTEM,
  system:
    'this Python is the whole system’s, which keeps other tools from it (EXTERNALLY-MANAGED, PEP 668): give mycoSwarm a virtual environment of its own (python3 -m venv) and install it there',
  user: 'it lies among the personal packages of an account, for all of its programs: upgrade it as that account, or give mycoSwarm a virtual environment of its own',
};

type Finding = DependencyReport['findings'][number];

/** Findings of a report by package, version and environment: reports of hostile nodes are long. */
export class FindingIndex {
  readonly #found = new Map<string, Finding[]>();

  constructor({ findings }: DependencyReport) {
    for (const finding of findings) {
      const key = keyOf(finding.environment, finding.package, finding.version);
      const same = this.#found.get(key);
      if (same === undefined) this.#found.set(key, [finding]);
      else same.push(finding);
    }
  }

  about({ environment, package: name, from }: Upgrade): readonly Finding[] {
    return this.#found.get(keyOf(environment, name, from)) ?? [];
  }
}

/** One text for what an upgrade and a finding have in common. */
export const keyOf = (environment: string, name: string, version: string | null) =>
  JSON.stringify([environment, name, version]);

/** Who asks for what in one environment, read once. */
export interface Askers {
  fact: EnvironmentFact;
  /** By the normalised name that is asked for. */
  asked: ReadonlyMap<string, readonly { by: string; version: string; specifiers: string }[]>;
  /** How often each normalised name is installed, and whether its metadata is broken. */
  installed: ReadonlyMap<string, { times: number; broken: boolean }>;
}

/** @returns requirements of all that is installed in an environment, without those whose marker never holds */
export function askersIn(fact: EnvironmentFact): Askers {
  const asked = new Map<string, { by: string; version: string; specifiers: string }[]>();
  const installed = new Map<string, { times: number; broken: boolean }>();
  for (const { name, version, requires, broken } of fact.distributions) {
    const own = normalizedName(name);
    const known = installed.get(own);
    installed.set(own, { times: (known?.times ?? 0) + 1, broken: broken || known?.broken === true });
    for (const text of requires) {
      const requirement = parseRequirement(text);
      if (requirement?.name == null || requirement.clauses.length === 0) continue;
      if (requirement.marker !== null && holds(requirement.marker, { extra: '' }) === false) continue;
      const entry = { by: name, version, specifiers: requirement.specifiers };
      const same = asked.get(requirement.name);
      if (same === undefined) asked.set(requirement.name, [entry]);
      else same.push(entry);
    }
  }
  return { fact, asked, installed };
}

function cameOtherwise(found: readonly Finding[]): string | null {
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
function refusedBy({ asked }: Askers, upgrade: Upgrade, alsoUpgraded: ReadonlySet<string>): string | null {
  const name = normalizedName(upgrade.package);
  for (const { by, version, specifiers } of asked.get(name) ?? []) {
    if (alsoUpgraded.has(normalizedName(by))) continue;
    if (satisfies(upgrade.to, specifiers, { prereleases: true })) continue;
    return `${by} ${version} asks for ${name} ${specifiers}, so ${upgrade.to} does not fit to it: look for a version of ${by} that allows it, and install both together`;
  }
  return null;
}

/**
 * Why a program does not do an upgrade, and what a person does instead, as half a sentence; null when it can. Whose the environment is
 * and whether it can be written is seen on the node only.
 * @param found what is known against the installed version
 * @param alsoUpgraded normalised names that the same step upgrades: what their new versions ask for shows when they are there
 */
export function whyByHand(
  upgrade: Upgrade,
  askers: Askers | undefined,
  found: readonly Finding[],
  alsoUpgraded: ReadonlySet<string>,
): string | null {
  if (askers === undefined) return 'no program of Swarmkeep upgrades it: take the steps of the finding';
  const { fact, installed } = askers;
  const place = WHY_NOT_HERE[fact.kind];
  if (place !== null) return place;
  const otherwise = cameOtherwise(found);
  if (otherwise !== null) return otherwise;
  const own = installed.get(normalizedName(upgrade.package));
  if (own?.times !== 1)
    return 'it is there more than once: uninstall it until it is gone, and install it again';
  if (own.broken || !fact.complete)
    return 'what is installed there could not be read whole: install the package again';
  if (!installed.has('pip'))
    return 'there is no pip in that environment: upgrade it with the tool that made the environment, such as uv';
  if (siteWithin(fact) === null)
    return 'its folder of packages does not lie where a virtual environment has it';
  if (upgrade.command === null) return 'its name or version is not one that can be given to a program';
  return refusedBy(askers, upgrade, alsoUpgraded);
}

/** The folder of packages relative to the root of its environment; null when it lies elsewhere. */
export function siteWithin({ root, sitePackages }: EnvironmentFact): string | null {
  const relative = sitePackages.startsWith(`${root}/`) ? sitePackages.slice(root.length + 1) : '';
  return /^lib(64)?\/python3\.\d{1,2}t?\/site-packages$/.test(relative) ? relative : null;
}

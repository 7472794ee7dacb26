import { holds } from '#core/dependencies/requirements/marker.ts';
import { declaredRequirements } from '#core/dependencies/requirements/pyproject-problems.ts';
import { parseRequirement } from '#core/dependencies/requirements/requirement.ts';
import { parseRequirementsFile } from '#core/dependencies/requirements/requirements-file.ts';
import type { Environment, InstalledFrom, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { OllamaFacts, PythonFacts } from '#shared/domain/facts/software.ts';
import type { DistributionFact } from './distribution.ts';
import { requiredBy } from './required-by.ts';

export type EnvironmentFact = PythonFacts['environments'][number];

/** Tools that install for a distribution of Linux, by their own word in INSTALLER. */
const DISTRIBUTORS = new Set([
  'debian',
  'rpm',
  'dnf',
  'yum',
  'zypper',
  'portage',
  'apk',
  'pacman',
  'nix',
  'guix',
  'xbps',
]);

/** Bound of the contract; what is beyond is said to be missing. */
const MOST_PACKAGES = 16_384;

/** Name under which advisories about Ollama are filed (OSV, ecosystem Go). */
const OLLAMA = 'github.com/ollama/ollama';

function cameFrom(fact: DistributionFact, environment: EnvironmentFact): InstalledFrom {
  if (fact.editable) return 'editable';
  const origin = fact.directUrl ?? '';
  if (/^[a-z]{1,16}\+/i.test(origin)) return 'vcs';
  if (/^file:/i.test(origin)) return 'file';
  if (origin !== '') return 'url';
  if (fact.systemPackage !== undefined || DISTRIBUTORS.has(fact.installer?.toLowerCase() ?? ''))
    return 'distribution';
  // Who owns it was not asked: then the folder speaks.
  return environment.kind === 'distribution-packages' && environment.ownersKnown !== true
    ? 'distribution'
    : 'index';
}

function interpreterOf({ kind, root, pythonVersion }: EnvironmentFact): string | null {
  if (kind === 'virtual-environment') return `${root}/bin/python`;
  if (kind === 'user' || pythonVersion === null) return kind === 'user' ? null : `${root}/bin/python3`;
  return `${root}/bin/python${/^3\.\d+/.exec(pythonVersion)?.[0] ?? '3'}`;
}

/**
 * What an environment holds, in the words of the audit.
 * @param declared normalised names that a person's files ask for; nothing is said of the others when it is empty and no
 *   distribution says that somebody asked for it
 */
export function environmentOf(fact: EnvironmentFact, declared: ReadonlySet<string> = new Set()): Environment {
  const parents = requiredBy(fact.distributions, fact.pythonVersion);
  const asksAreKnown = declared.size > 0 || fact.distributions.some(({ requested }) => requested === true);
  const installed = fact.distributions.map((found): InventoryItem => {
    const name = normalizedName(found.name);
    const asked = declared.has(name) || found.requested === true;
    const askedBy = parents.get(name) ?? [];
    return {
      ecosystem: 'PyPI',
      name: found.name,
      version: found.version === '' ? null : found.version,
      from: cameFrom(found, fact),
      vendoredBy: null,
      requiredBy: [...askedBy],
      direct: asked || askedBy.length === 0 ? true : asksAreKnown ? false : null,
      metadataPath: found.metadataPath,
      broken: found.broken ? (found.brokenBecause ?? 'its metadata could not be read whole') : null,
      asked: null,
      origin: found.directUrl,
      licence: found.licence ?? null,
      installer: found.installer,
      ...(found.archiveHash === undefined ? {} : { archiveHash: found.archiveHash }),
    };
  });
  const copies = (fact.vendored ?? []).map(
    ({ by, name, version, path }): InventoryItem => ({
      ecosystem: 'PyPI',
      name,
      version,
      from: 'vendored',
      vendoredBy: by,
      requiredBy: [],
      direct: false,
      metadataPath: path,
      broken: null,
      asked: null,
      origin: null,
      licence: null,
      installer: null,
    }),
  );
  return {
    id: fact.sitePackages,
    kind: fact.kind,
    pythonVersion: fact.pythonVersion,
    interpreter: interpreterOf(fact),
    packages: [...installed, ...copies].slice(0, MOST_PACKAGES),
    unreadable:
      fact.complete && installed.length + copies.length <= MOST_PACKAGES
        ? null
        : 'the folder is closed to the account that looked, or was not read whole',
  };
}

/** Normalised names that requirement files ask for, where their markers may hold; those of one instance or of all. */
export function declaredNames(
  files: PythonFacts['requirementFiles'],
  own: readonly string[],
): ReadonlySet<string> {
  const texts = files.flatMap(({ kind, text }) => {
    if (kind === 'pyproject') return declaredRequirements(text);
    // A file with hashes throughout is a lock: it names everything, whoever asked.
    if (kind !== 'requirements') return [];
    const { lines } = parseRequirementsFile(text);
    return lines.some(({ hashes }) => hashes.length > 0) ? [] : lines.map((line) => line.text);
  });
  return new Set(
    [...texts, ...own].flatMap((text) => {
      const requirement = parseRequirement(text);
      if (requirement?.name == null) return [];
      const never = requirement.marker !== null && holds(requirement.marker, { extra: '' }) === false;
      return never ? [] : [requirement.name];
    }),
  );
}

/**
 * All that a look saw of installed packages: Python environments, what is vendored in them, and Ollama.
 * @param python what was seen of Python, or null when nothing was
 * @param ollama what was seen of the model server, or null when nothing was
 */
export function inventoryOf(python: PythonFacts | null, ollama: OllamaFacts | null): Environment[] {
  const files = python?.requirementFiles ?? [];
  const environments = (python?.environments ?? []).map((fact) => {
    const own = fact.distributions.filter(({ name }) => normalizedName(name) === 'mycoswarm');
    const mine = files.filter((file) => fact.instance === null || file.instance === fact.instance);
    return environmentOf(
      fact,
      declaredNames(
        mine,
        own.flatMap(({ requires }) => requires),
      ),
    );
  });
  if (ollama?.installed !== true) return environments;
  const program: InventoryItem = {
    ecosystem: 'Go',
    name: OLLAMA,
    version: ollama.version,
    from: 'index',
    vendoredBy: null,
    requiredBy: [],
    direct: true,
    metadataPath: null,
    broken: ollama.version === null ? 'its version is not known' : null,
    asked: null,
    origin: null,
    licence: null,
    installer: null,
  };
  return [
    ...environments,
    {
      id: 'ollama',
      kind: 'program',
      pythonVersion: null,
      interpreter: null,
      packages: [program],
      unreadable: null,
    },
  ];
}

/** Names that are installed more than once in one environment: which one is loaded depends on the order of a folder. */
export function installedTwice(environment: Environment): { name: string; versions: (string | null)[] }[] {
  const versions = new Map<string, (string | null)[]>();
  for (const { name, version, from } of environment.packages) {
    if (from === 'vendored') continue;
    const key = normalizedName(name);
    versions.set(key, [...(versions.get(key) ?? []), version]);
  }
  return [...versions]
    .filter(([, known]) => known.length > 1)
    .map(([name, known]) => ({ name, versions: known }));
}

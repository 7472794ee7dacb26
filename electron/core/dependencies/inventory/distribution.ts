import { isDistributionName } from '#core/dependencies/requirements/name.ts';
import { versionKey } from '#core/dependencies/versions/version-key.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import type { Metadata } from './metadata.ts';

export type DistributionFact = PythonFacts['environments'][number]['distributions'][number];

/** Names in a folder of packages that stand for a distribution: wheels, setuptools' older form, and its eggs. */
export const DISTRIBUTION_ENTRY = /\.(?:dist-info|egg-info|egg)$/;

/** Where the metadata of a distribution lies below its folder (setuptools, "The Internal Structure of Python Eggs"). */
export function metadataWithin(entry: string): 'METADATA' | 'PKG-INFO' | 'EGG-INFO/PKG-INFO' {
  if (entry.endsWith('.egg')) return 'EGG-INFO/PKG-INFO';
  return entry.endsWith('.egg-info') ? 'PKG-INFO' : 'METADATA';
}

/** What was found of one `*.dist-info`, `*.egg-info` or `*.egg`, here or on a node. */
export interface FoundDistribution {
  /** Name of the folder or file. */
  entry: string;
  /** Folder of packages that it lies in. */
  folder: string;
  /** An egg-info may be a single file (distutils), and an egg an archive, which is not opened. */
  isFile: boolean;
  /** Null when its metadata could not be read. */
  metadata: Metadata | null;
  /** First line of INSTALLER; empty when there is none. */
  installer: string;
  /** Contents of direct_url.json; empty when there is none, null for one that is empty, too long, or could not be read. */
  directUrl: string | null;
  /** Null when it is not known whether anybody asked for it. */
  requested: boolean | null;
  systemPackage: string | null;
}

/**
 * What direct_url.json (PEP 610) tells, without path, user or password: scheme and host only.
 * @returns null for text that is no such file
 */
export function readDirectUrl(
  text: string,
): { origin: string; editable: boolean; archiveHash: string | null } | null {
  try {
    const read = JSON.parse(text) as {
      url?: unknown;
      dir_info?: { editable?: unknown };
      vcs_info?: { vcs?: unknown };
      archive_info?: { hash?: unknown; hashes?: { sha256?: unknown } };
    } | null;
    if (typeof read?.url !== 'string') return null;
    const url = new URL(read.url);
    const vcs = typeof read.vcs_info?.vcs === 'string' ? `${read.vcs_info.vcs.slice(0, 16)}+` : '';
    return {
      origin: `${vcs}${url.protocol}//${url.host}`.slice(0, 512),
      editable: read.dir_info?.editable === true,
      archiveHash: archiveHash(read.archive_info),
    };
  } catch {
    return null;
  }
}

/** `hashes` and the older `hash` of archive_info: `sha256:` and 64 hex digits, or null. */
function archiveHash(info: { hash?: unknown; hashes?: { sha256?: unknown } } | undefined): string | null {
  const newer = typeof info?.hashes?.sha256 === 'string' ? `sha256=${info.hashes.sha256}` : null;
  const given = newer ?? (typeof info?.hash === 'string' ? info.hash : '');
  const digits = /^sha256=([0-9a-f]{64})$/i.exec(given)?.[1];
  return digits === undefined ? null : `sha256:${digits.toLowerCase()}`;
}

/** Name and version in `NAME-VERSION.dist-info` or `NAME-VERSION[-py3.11[-PLATFORM]].egg[-info]`; version empty where it has none. */
export function namedByFolder(entry: string): { name: string; version: string } {
  const stem = entry.endsWith('.egg')
    ? entry.slice(0, -4).replace(/-py[0-9.]+(?:-[^/]*)?$/, '')
    : entry.replace(/\.(?:dist|egg)-info$/, '').replace(/-py[0-9.]+$/, '');
  const at = stem.indexOf('-');
  return at < 0 ? { name: stem, version: '' } : { name: stem.slice(0, at), version: stem.slice(at + 1) };
}

/** Names of distributions that a folder of packages links to their source, from the names of all that lies in it. */
export function editableNames(entries: readonly string[]): ReadonlySet<string> {
  return new Set(
    entries.flatMap((entry) => {
      const match = /^(?:__editable__[._]([A-Za-z0-9_.]+?)[-_][0-9][^/]*|([A-Za-z0-9_.-]+)\.egg-link)$/.exec(
        entry,
      );
      const name = match?.[1] ?? match?.[2];
      return name ? [normalizedName(name)] : [];
    }),
  );
}

/** A folder writes `_` for `-`, in versions too; an egg-info may leave the version out. */
function sameAsFolder(folder: { name: string; version: string }, { name, version }: Metadata): boolean {
  if (normalizedName(folder.name) !== normalizedName(name)) return false;
  if (folder.version === '' || folder.version === version) return true;
  const key = versionKey(folder.version.replaceAll('_', '-'));
  return key !== null && key === versionKey(version);
}

function faultOf(found: FoundDistribution, name: string, sourceIsKnown: boolean): string | null {
  const { metadata } = found;
  if (metadata === null && found.isFile && found.entry.endsWith('.egg'))
    return 'it is a packed egg, which is not opened: install it as a wheel';
  if (metadata === null) return 'its metadata is not there, too large, or could not be read';
  if (metadata.name === '') return 'its metadata has no name';
  if (metadata.version === '') return 'its metadata has no version';
  if (!isDistributionName(name)) return 'its name is none that a package may have';
  // Nobody honest writes them apart (wheel specification, "File name convention"), and what is compared would be the wrong one.
  if (!sameAsFolder(namedByFolder(found.entry), metadata))
    return `its folder is called ${found.entry.slice(0, 200)}, and its metadata says ${name.slice(0, 200)} ${metadata.version.slice(0, 100)}`;
  // It may be a working copy or come from version control: then its version says nothing.
  if (!sourceIsKnown) return 'its direct_url.json cannot be read, so nobody knows where its code is from';
  // A RECORD may be missing (PEP 627): what is installed is known without it, and only who verifies files needs it.
  return null;
}

/**
 * One distribution as a fact. One without readable metadata, name or version is `broken`, and is listed with what its folder
 * is called: an inventory that leaves out what it cannot read would be wrong.
 */
export function distributionFact(found: FoundDistribution, editables: ReadonlySet<string>): DistributionFact {
  const base = `${found.folder}/${found.entry}`;
  const guess = namedByFolder(found.entry);
  const name = found.metadata?.name || guess.name;
  const direct = found.directUrl === null ? null : readDirectUrl(found.directUrl);
  const fault = faultOf(found, name, direct !== null || found.directUrl === '');
  const licence = found.metadata?.licence ?? null;
  return {
    name: name.slice(0, 256),
    version: (found.metadata?.version || guess.version).slice(0, 256),
    installer: found.installer.trim().slice(0, 256) || null,
    editable: direct?.editable === true || editables.has(normalizedName(name)),
    directUrl: direct?.origin ?? null,
    ...(direct?.archiveHash == null ? {} : { archiveHash: direct.archiveHash }),
    requires: found.metadata?.requires ?? [],
    metadataPath: found.isFile ? base : `${base}/${metadataWithin(found.entry)}`,
    broken: fault !== null,
    ...(fault === null ? {} : { brokenBecause: fault }),
    ...(licence === null ? {} : { licence }),
    ...(found.requested === null ? {} : { requested: found.requested }),
    ...(found.systemPackage === null ? {} : { systemPackage: found.systemPackage.slice(0, 256) }),
  };
}

import { posix } from 'node:path';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import {
  type HashedFile,
  type PipfilePackage,
  pipfileLock,
  type TomlPackage,
  tomlLock,
} from './lock-shapes.ts';
import { normalizedVersion } from './name.ts';
import { parseRequirementsFile, withoutCredentials } from './requirements-file.ts';
import { readToml } from './toml.ts';

/** Where a locked distribution comes from. */
export type LockedFrom = 'index' | 'vcs' | 'url' | 'file';

/** One locked distribution. The project's own source (editable, local folder) is none. */
export interface LockEntry {
  /** Normalised as in PEP 503. */
  name: string;
  /** As written; null where the lock leaves it open, as it may for version control. */
  version: string | null;
  /** What is asked for of an index instead of one version: then it is not locked at all; null for all others. */
  asked: string | null;
  /** `sha256:…` of all files that may be installed, each once. */
  hashes: readonly string[];
  /** Every file that may be installed has its hash. */
  hashed: boolean;
  from: LockedFrom;
  /** Address without user and password, or the index; null for the usual index. */
  place: string | null;
  /** There is no wheel: its set-up code runs when it is installed. Null where the lock does not say. */
  sourceOnly: boolean | null;
}

/** A file that names exact versions. */
export interface LockFile {
  path: string;
  kind: RequirementFile['kind'];
  entries: readonly LockEntry[];
  /** Normalised versions by normalised name. */
  versions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of entries without a hash: then it pins versions and not contents. */
  withoutHash: readonly string[];
  /** Hosts whose certificate is not checked. */
  unverified: readonly string[];
}

type RequirementFile = PythonFacts['requirementFiles'][number];

/** The index that everybody means (PEP 503, pip's `--index-url`). */
export function isUsualIndex(url: string): boolean {
  return /^https:\/\/(pypi\.org|pypi\.python\.org)(\/simple)?\/?$/i.test(url);
}

/** What is offered for a requirements file again: nothing of a lock but plain hashes may get into its lines. */
const HASH = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
/** One version, and neither a range nor "any": what else stands there floats. */
const ONE_VERSION = /^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,255}$/;

/** A folder that is the project's own: it, or one within it. */
const isOwnFolder = (path: string): boolean =>
  !path.includes('://') && !posix.isAbsolute(path) && !posix.normalize(path).startsWith('..');

function hashesOf(file: HashedFile): string[] {
  const named = Object.entries(file.hashes ?? {}).map(([algorithm, digest]) => `${algorithm}:${digest}`);
  return [...(file.hash === undefined ? [] : [file.hash]), ...named]
    .map((hash) => hash.toLowerCase())
    .filter((hash) => HASH.test(hash));
}

const isWheel = (file: HashedFile): boolean =>
  /\.whl(?:[?#].*)?$/i.test(file.name ?? file.file ?? file.url ?? file.path ?? '');

function originOf(item: TomlPackage): { from: LockedFrom; place: string | null } | 'own' {
  const { source, vcs, directory, archive } = item;
  const folder =
    source?.editable ??
    source?.virtual ??
    source?.directory ??
    (source?.type === 'directory' ? (source.url ?? '') : undefined) ??
    (directory === undefined ? undefined : (directory.path ?? ''));
  if (folder !== undefined)
    return isOwnFolder(folder) ? 'own' : { from: 'file', place: withoutCredentials(folder) };
  const git = source?.git ?? (source?.type === 'git' ? source.url : undefined) ?? vcs?.url ?? vcs?.path;
  if (git !== undefined || vcs !== undefined) return { from: 'vcs', place: withoutCredentials(git ?? '') };
  const file = source?.path ?? (source?.type === 'file' ? source.url : undefined) ?? archive?.path;
  if (file !== undefined) return { from: 'file', place: file };
  const index = source?.registry ?? (source?.type === 'legacy' ? source.url : undefined) ?? item.index;
  if (index !== undefined)
    return { from: 'index', place: isUsualIndex(index) ? null : withoutCredentials(index) };
  const url = source?.url ?? archive?.url;
  return url === undefined ? { from: 'index', place: null } : { from: 'url', place: withoutCredentials(url) };
}

function ofToml(item: TomlPackage, older: readonly HashedFile[]): LockEntry[] {
  const origin = originOf(item);
  if (origin === 'own') return [];
  const built = [...(item.files ?? []), ...(item.wheels ?? []), ...older];
  const all = [
    ...built,
    ...(item.sdist === undefined ? [] : [item.sdist]),
    ...(item.archive === undefined ? [] : [item.archive]),
  ];
  const version = item.version !== undefined && ONE_VERSION.test(item.version) ? item.version : null;
  const isHashed = all.length > 0 && all.every((file) => hashesOf(file).length > 0);
  return [
    {
      name: normalizedName(item.name),
      version,
      asked: version === null && origin.from === 'index' ? askedBy(item.version) : null,
      hashes: [...new Set(all.flatMap(hashesOf))],
      hashed: isHashed && (version !== null || origin.from !== 'index'),
      ...origin,
      sourceOnly: all.length === 0 ? null : !all.some(isWheel),
    },
  ];
}

/** What an entry asks for that names no one version. */
const askedBy = (version: string | undefined): string =>
  version === undefined || version.trim() === '' || version.trim() === '*'
    ? 'any version'
    : version.slice(0, 1_024);

function ofPipfile(name: string, item: PipfilePackage): LockEntry[] {
  const isFolder = item.path !== undefined && !/\.(whl|zip|gz|bz2)$/.test(item.path);
  if (isFolder && item.git === undefined && item.file === undefined && isOwnFolder(item.path ?? ''))
    return [];
  const hashes = (item.hashes ?? []).map((hash) => hash.toLowerCase()).filter((hash) => HASH.test(hash));
  const origin =
    item.git !== undefined
      ? { from: 'vcs' as const, place: withoutCredentials(item.git) }
      : item.file !== undefined
        ? { from: 'url' as const, place: withoutCredentials(item.file) }
        : item.path !== undefined
          ? { from: 'file' as const, place: item.path }
          : { from: 'index' as const, place: null };
  const written = item.version?.replace(/^===?\s*/, '');
  const version = written !== undefined && ONE_VERSION.test(written) ? written : null;
  return [
    {
      name: normalizedName(name),
      version,
      asked: version === null && origin.from === 'index' ? askedBy(item.version) : null,
      hashes,
      hashed: hashes.length > 0 && (version !== null || origin.from !== 'index'),
      ...origin,
      sourceOnly: null,
    },
  ];
}

function ofRequirements(text: string): LockEntry[] {
  const { lines, includes, unread } = parseRequirementsFile(text);
  const isLock =
    lines.length > 0 &&
    includes.length === 0 &&
    unread.length === 0 &&
    lines.every((line) => line.requirement.pinned !== null && line.hashes.length > 0);
  if (!isLock) return [];
  return lines.map(({ requirement, hashes }) => ({
    name: requirement.name ?? '',
    version: requirement.pinned,
    asked: null,
    hashes,
    hashed: true,
    from: 'index',
    place: null,
    sourceOnly: null,
  }));
}

/** @returns entries and unverified hosts; null when the text is not the format that its name says */
function entriesOf(
  file: Pick<RequirementFile, 'kind' | 'text'>,
): Pick<LockFile, 'entries' | 'unverified'> | null {
  if (file.kind === 'uv-lock' || file.kind === 'poetry-lock' || file.kind === 'pylock') {
    const read = tomlLock.safeParse(readToml(file.text));
    if (!read.success) return null;
    const { package: one = [], packages = [], metadata } = read.data;
    // A map: names are a stranger's, and `constructor` is a property of every object.
    const older = new Map(Object.entries(metadata?.files ?? {}));
    const entries = [...one, ...packages].flatMap((item) => ofToml(item, older.get(item.name) ?? []));
    return { entries, unverified: [] };
  }
  if (file.kind === 'pipfile-lock') {
    const read = pipfileLock.safeParse(jsonOf(file.text));
    if (!read.success) return null;
    const all = [...Object.entries(read.data.default), ...Object.entries(read.data.develop ?? {})];
    const sources = read.data._meta?.sources ?? [];
    const others = sources.flatMap(({ url }) => (url !== undefined && !isUsualIndex(url) ? [url] : []));
    const entries = all.flatMap(([name, item]) => ofPipfile(name, item));
    return {
      // A Pipfile.lock names its indexes once for all entries.
      entries: entries.map((entry) =>
        entry.from === 'index' && others[0] !== undefined
          ? { ...entry, place: withoutCredentials(others[0]) }
          : entry,
      ),
      unverified: sources.flatMap(({ url, verify_ssl }) =>
        verify_ssl === false ? [withoutCredentials(url ?? '')] : [],
      ),
    };
  }
  return file.kind === 'requirements' ? { entries: ofRequirements(file.text), unverified: [] } : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Reads a lock: uv.lock, poetry.lock, pylock.toml (PEP 751), Pipfile.lock, or a requirements file in which every line is an
 * exact version with hashes (pip, "Secure installs").
 * @returns null when the file is no lock, was cut or cannot be read
 */
export function readLock(file: Pick<RequirementFile, 'path' | 'kind' | 'text' | 'cut'>): LockFile | null {
  if (file.cut) return null;
  const read = entriesOf(file);
  if (read === null || read.entries.length === 0) return null;
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of read.entries) {
    const known = versions.get(name) ?? new Set();
    if (version !== null) known.add(normalizedVersion(version));
    versions.set(name, known);
  }
  return {
    path: file.path,
    kind: file.kind,
    ...read,
    versions,
    withoutHash: read.entries.filter((entry) => !entry.hashed).map(({ name }) => name),
  };
}

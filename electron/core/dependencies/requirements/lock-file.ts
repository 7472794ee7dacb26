import { parse } from 'smol-toml';
import { z } from 'zod';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import { normalizedName, normalizedVersion } from './name.ts';
import { parseRequirementsFile } from './requirements-file.ts';

/** A file that names exact versions with hashes. */
export interface LockFile {
  path: string;
  /** Versions by normalised name; the source itself (editable, local) is no entry. */
  versions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Entries without a hash: then it pins versions and not contents. */
  withoutHash: readonly string[];
}

type RequirementFile = PythonFacts['requirementFiles'][number];

const hashed = z.looseObject({
  hash: z.string().optional(),
  hashes: z.record(z.string(), z.string()).optional(),
});
const tomlPackage = z.looseObject({
  name: z.string(),
  version: z.string().optional(),
  source: z
    .looseObject({
      editable: z.string().optional(),
      virtual: z.string().optional(),
      directory: z.string().optional(),
      type: z.string().optional(),
    })
    .optional(),
  directory: z.unknown().optional(),
  files: z.array(hashed).optional(),
  wheels: z.array(hashed).optional(),
  sdist: hashed.optional(),
  archive: hashed.optional(),
});
const tomlLock = z.looseObject({
  package: z.array(tomlPackage).optional(),
  packages: z.array(tomlPackage).optional(),
  metadata: z.looseObject({ files: z.record(z.string(), z.array(hashed)).optional() }).optional(),
});
const pipfileLock = z.looseObject({
  default: z.record(
    z.string(),
    z.looseObject({ version: z.string().optional(), hashes: z.array(z.string()).optional() }),
  ),
});

class Entries {
  readonly versions = new Map<string, Set<string>>();
  readonly withoutHash: string[] = [];

  add(name: string, version: string, hasHash: boolean): void {
    const key = normalizedName(name);
    const known = this.versions.get(key) ?? new Set();
    known.add(normalizedVersion(version));
    this.versions.set(key, known);
    if (!hasHash) this.withoutHash.push(key);
  }
}

const hasHash = (file: z.infer<typeof hashed>) =>
  file.hash !== undefined || Object.keys(file.hashes ?? {}).length > 0;

function readToml(text: string, entries: Entries): void {
  const lock = tomlLock.parse(parse(text));
  for (const item of [...(lock.package ?? []), ...(lock.packages ?? [])]) {
    const isLocal =
      item.source?.editable !== undefined ||
      item.source?.virtual !== undefined ||
      item.source?.directory !== undefined ||
      item.source?.type === 'directory' ||
      item.directory !== undefined;
    if (isLocal || item.version === undefined) continue;
    const files = [
      ...(item.files ?? []),
      ...(item.wheels ?? []),
      ...(item.sdist === undefined ? [] : [item.sdist]),
      ...(item.archive === undefined ? [] : [item.archive]),
      ...(lock.metadata?.files?.[item.name] ?? []),
    ];
    entries.add(item.name, item.version, files.length > 0 && files.every(hasHash));
  }
}

/**
 * Reads a lock: uv.lock, poetry.lock, pylock.toml (PEP 751), Pipfile.lock, or a requirements file in which every line is an
 * exact version with hashes (pip, "Secure installs").
 * @returns null when the file is no lock or cannot be read
 */
export function readLock(file: RequirementFile): LockFile | null {
  if (file.cut) return null;
  const entries = new Entries();
  try {
    if (file.kind === 'uv-lock' || file.kind === 'poetry-lock' || file.kind === 'pylock')
      readToml(file.text, entries);
    else if (file.kind === 'pipfile-lock') {
      const lock = pipfileLock.parse(JSON.parse(file.text));
      for (const [name, item] of Object.entries(lock.default)) {
        if (item.version !== undefined)
          entries.add(name, item.version.replace(/^==/, ''), (item.hashes?.length ?? 0) > 0);
      }
    } else if (file.kind === 'requirements') {
      const { lines, includes, unread } = parseRequirementsFile(file.text);
      const isLock =
        lines.length > 0 &&
        includes.length === 0 &&
        unread.length === 0 &&
        lines.every((line) => line.requirement.pinned !== null && line.hashes > 0);
      if (!isLock) return null;
      for (const { requirement } of lines)
        entries.add(requirement.name ?? '', requirement.pinned ?? '', true);
    } else return null;
  } catch {
    // Not the format that its name says; the caller shows that there is no lock in it.
    return null;
  }
  return entries.versions.size === 0
    ? null
    : { path: file.path, versions: entries.versions, withoutHash: entries.withoutHash };
}

import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { decodeText } from '#core/facts/script/decode.ts';
import {
  DISTRIBUTION_ENTRY,
  type DistributionFact,
  distributionFact,
  editableNames,
  metadataWithin,
} from './distribution.ts';
import type { EnvironmentFact } from './inventory.ts';
import { addedFolders, MOST_PATHS, onlyLinked, type PathFile } from './linked.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { readBounded } from './read-bounded.ts';
import {
  eachCopyOnce,
  VENDOR_FOLDERS,
  VENDOR_LISTS,
  type VendoredFact,
  vendoredByFolder,
  vendoredByList,
} from './vendored.ts';

/** Headers stand at the beginning; a longer description is not read. */
const HEADERS = 65_536;
/** A METADATA beyond this is nobody's honest one. */
const MAX_METADATA = 2_047 * 1_024;
/** As far as a node prints it (find(1), `-size -5k`). */
const SMALL = 4_096;
const MAX_DISTRIBUTIONS = 8_192;
/** Copies within others that are looked at; of more it is said that not all were. */
const MAX_COPIES = 1_024;

function listFolder(path: string): Dirent[] | null {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return null;
  }
}

/** Size is asked by a short read: headers that do not end within it are read on, up to the bound. */
function metadataAt(path: string): Metadata | null {
  const first = readBounded(path, HEADERS);
  if (!first.ok || first.size > MAX_METADATA) return null;
  const isWhole = !first.cut || /\n[ \t]*\r?\n/.test(first.bytes.toString('latin1'));
  const read = isWhole ? first : readBounded(path, MAX_METADATA);
  if (!read.ok) return null;
  return readMetadata(decodeText(read.bytes, MAX_METADATA));
}

function metadataOf(entry: Dirent, base: string): Metadata | null {
  if (entry.isSymbolicLink()) return null;
  if (!entry.isFile()) {
    // A link in the last place leads nowhere, and a folder in between must not be one either.
    const isLed = entry.name.endsWith('.egg') && isLink(`${base}/EGG-INFO`);
    return isLed ? null : metadataAt(`${base}/${metadataWithin(entry.name)}`);
  }
  return entry.name.endsWith('.egg') ? null : metadataAt(base);
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? true;

/** @returns null for what is empty, too long, or no file that can be read */
const smallText = (path: string): string | null => {
  const read = readBounded(path, SMALL);
  return read.ok && !read.cut ? decodeText(read.bytes, SMALL) || null : null;
};

/**
 * Copies of distributions within one package. Below its own folder only a namespace is searched (`poetry/core/_vendor`): looking
 * into every folder of every package would take longer than all the rest.
 */
function copiesBelow(folder: string, depth: number, by: string, found: VendoredFact[]): void {
  const entries = listFolder(folder) ?? [];
  const isNamespace = depth < 3 && !entries.some(({ name }) => name === '__init__.py');
  for (const entry of entries) {
    if (!entry.isDirectory() || found.length >= MAX_COPIES) continue;
    const path = `${folder}/${entry.name}`;
    if (!VENDOR_FOLDERS.includes(entry.name)) {
      if (isNamespace && entry.name !== '__pycache__') copiesBelow(path, depth + 1, by, found);
      continue;
    }
    for (const inner of listFolder(path) ?? []) {
      const place = `${path}/${inner.name}`;
      const copy = inner.isDirectory() ? vendoredByFolder(inner.name, by, place) : null;
      if (copy !== null) found.push(copy);
      if (inner.isFile() && VENDOR_LISTS.includes(inner.name)) {
        const list = readBounded(place, 65_536);
        if (list.ok) found.push(...vendoredByList(decodeText(list.bytes, 65_536).split('\n'), by, place));
      }
    }
  }
}

/** Files of paths in a folder of packages; one that cannot be read is told by its name. */
function pathFilesIn(folder: string, entries: readonly Dirent[]): PathFile[] {
  return entries
    .filter(({ name }) => name.endsWith('.pth'))
    .slice(0, MOST_PATHS)
    .map(({ name }) => {
      const read = readBounded(`${folder}/${name}`, HEADERS);
      const text = read.ok ? decodeText(read.bytes, HEADERS) : '/ (it cannot be read)';
      return { name, lines: text.split(/\r\n|[\n\r]/, MOST_PATHS) };
    });
}

/**
 * Reads a folder of packages of this machine: files only, nothing is imported or run, no link is followed.
 * @param folder absolute path without links
 * @param about what is known of the environment beside its packages
 * @returns the fact that a look would have, and folders that are loaded from besides, in words; null when the folder cannot be listed
 */
export function readSite(
  folder: string,
  about: Pick<EnvironmentFact, 'kind' | 'root' | 'pythonVersion'>,
): (EnvironmentFact & { added: string[] }) | null {
  const all = listFolder(folder);
  if (all === null) return null;
  const entries = all.filter(({ name }) => DISTRIBUTION_ENTRY.test(name));
  const infos = entries.slice(0, MAX_DISTRIBUTIONS);
  const editables = editableNames(all.map(({ name }) => name));
  const inner = new Map(
    infos.map(({ name }) => [
      name,
      new Set((listFolder(`${folder}/${name}`) ?? []).map((entry) => entry.name)),
    ]),
  );
  const asksAreKnown = [...inner.values()].some((names) => names.has('REQUESTED'));
  const distributions = infos.map((entry): DistributionFact => {
    const base = `${folder}/${entry.name}`;
    const names = inner.get(entry.name) ?? new Set();
    const isFile = entry.isFile();
    return distributionFact(
      {
        entry: entry.name,
        folder,
        isFile,
        metadata: metadataOf(entry, base),
        installer: (names.has('INSTALLER') ? smallText(`${base}/INSTALLER`) : null) ?? '',
        directUrl: names.has('direct_url.json') ? smallText(`${base}/direct_url.json`) : '',
        requested: asksAreKnown ? names.has('REQUESTED') : null,
        systemPackage: null,
      },
      editables,
    );
  });
  distributions.push(
    ...onlyLinked(
      folder,
      all.map(({ name }) => name),
      distributions,
    ),
  );
  const vendored: VendoredFact[] = [];
  const packages = all.filter(({ name }) => !/(?:\.(?:dist|egg)-info|^__pycache__)$/.test(name));
  for (const { name } of packages.filter((entry) => entry.isDirectory()))
    copiesBelow(`${folder}/${name}`, 2, name.slice(0, 256), vendored);
  return {
    instance: null,
    ...about,
    sitePackages: folder,
    complete: entries.length <= MAX_DISTRIBUTIONS && vendored.length < MAX_COPIES,
    distributions,
    vendored: eachCopyOnce(vendored),
    added: addedFolders(folder, pathFilesIn(folder, all), distributions),
  };
}

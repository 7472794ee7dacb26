import {
  DISTRIBUTION_ENTRY,
  type DistributionFact as Distribution,
  distributionFact,
  editableNames,
  metadataWithin,
} from '#core/dependencies/inventory/distribution.ts';
import { onlyLinked, type PathFile } from '#core/dependencies/inventory/linked.ts';
import { readMetadata } from '#core/dependencies/inventory/metadata.ts';
import {
  eachCopyOnce,
  type VendoredFact,
  vendoredByFolder,
  vendoredByList,
} from '#core/dependencies/inventory/vendored.ts';

/** Lines after `F<path>` belong to that file. */
function filesIn(text: string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('F/')) {
      current = [];
      files.set(line.slice(1), current);
    } else if (line !== '') current.push(line);
  }
  return files;
}

/** What the node printed about one folder of packages. */
export interface SiteAnswer {
  folder: string;
  names: string;
  headers: string;
  small: string;
  /** Paths of RECORD, REQUESTED and direct_url.json. */
  records: string;
  /** What dpkg says of this folder; empty where it was not asked. */
  owners: string;
}

/**
 * Which package of the system owns which metadata: lines `/var/lib/dpkg/info/PACKAGE.list:PATH` (dpkg-query(1), "FILES").
 * @returns package by path
 */
function ownersIn(text: string): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\/var\/lib\/dpkg\/info\/([^/:]{1,200})(?::[a-z0-9-]+)?\.list:(\/.+)$/.exec(line);
    if (match !== null) owners.set(match[2] ?? '', match[1] ?? '');
  }
  return owners;
}

/** Distributions of one folder, those whose metadata is broken too. */
export function readDistributions(answer: SiteAnswer): Distribution[] {
  const headers = filesIn(answer.headers);
  const small = filesIn(answer.small);
  const recorded = new Set(answer.records.split('\n'));
  const owners = ownersIn(answer.owners);
  const asksAreKnown = /\/REQUESTED$/m.test(answer.records);
  const entries = answer.names.split('\n').filter(Boolean);
  const names = entries.map((entry) => entry.slice(1));
  const editables = editableNames(names);
  const found = entries
    .filter((entry) => DISTRIBUTION_ENTRY.test(entry))
    .slice(0, 8_192)
    .map((typed): Distribution => {
      const entry = typed.slice(1);
      const isFile = typed.startsWith('f');
      const base = `${answer.folder}/${entry}`;
      const lines = headers.get(isFile ? base : `${base}/${metadataWithin(entry)}`);
      const line = (file: string) =>
        (small.get(`${base}/${file}`) ?? []).map((text) => text.slice(1)).join('\n');
      // What is there and was not printed is too long, empty, or no file: it is not the same as none.
      const isUnread = recorded.has(`${base}/direct_url.json`) && !small.has(`${base}/direct_url.json`);
      return distributionFact(
        {
          entry,
          folder: answer.folder,
          isFile,
          metadata: lines === undefined ? null : readMetadata(lines.join('\n')),
          installer: line('INSTALLER'),
          directUrl: isUnread ? null : line('direct_url.json'),
          requested: asksAreKnown ? recorded.has(`${base}/REQUESTED`) : null,
          systemPackage: owners.get(base) ?? null,
        },
        editables,
      );
    });
  return [...found, ...onlyLinked(answer.folder, names, found)];
}

/** Files of paths (`*.pth`) that the node printed, by name. */
export function readPathFiles(text: string): PathFile[] {
  return [...filesIn(text)].map(([path, lines]) => ({
    name: path.slice(path.lastIndexOf('/') + 1),
    lines: lines.filter((line) => line.startsWith('L')).map((line) => line.slice(1)),
  }));
}

/** Copies of distributions within others, from the folders and lists that the node printed. */
export function readCopies(folder: string, copies: string): VendoredFact[] {
  const carrier = (path: string) =>
    path
      .slice(folder.length + 1)
      .split('/')[0]
      ?.slice(0, 256) ?? '';
  const below = (path: string) => path.startsWith(`${folder}/`);
  const folders = copies
    .split('\n')
    .filter(below)
    .flatMap((path) => vendoredByFolder(path.slice(path.lastIndexOf('/') + 1), carrier(path), path) ?? []);
  const lists = [...filesIn(copies)]
    .filter(([path]) => below(path))
    .flatMap(([path, lines]) =>
      vendoredByList(
        lines.filter((line) => line.startsWith('L')).map((line) => line.slice(1)),
        carrier(path),
        path,
      ),
    );
  return eachCopyOnce([...folders, ...lists]);
}

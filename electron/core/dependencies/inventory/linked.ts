import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { DistributionFact } from './distribution.ts';

/**
 * Distributions of which a folder of packages has nothing but a link to their source (`NAME.egg-link` of setuptools' `develop`): they
 * are installed, and their version lies elsewhere.
 * @param entries names of all that lies in the folder @param known what was found there otherwise
 */
export function onlyLinked(
  folder: string,
  entries: readonly string[],
  known: readonly DistributionFact[],
): DistributionFact[] {
  const names = new Set(known.map(({ name }) => normalizedName(name)));
  return entries.flatMap((entry): DistributionFact[] => {
    const name = /^([A-Za-z0-9_.-]{1,256})\.egg-link$/.exec(entry)?.[1];
    if (name === undefined || names.has(normalizedName(name))) return [];
    names.add(normalizedName(name));
    return [
      {
        name,
        version: '',
        installer: null,
        editable: true,
        directUrl: null,
        requires: [],
        metadataPath: `${folder}/${entry}`,
        broken: false,
      },
    ];
  });
}

/** A file of paths (`*.pth`, site module) and its lines, those left out that are code or comments. */
export interface PathFile {
  /** Name of the file. */
  name: string;
  lines: readonly string[];
}

/** Lines of a `*.pth` that are looked at, and files of them. */
export const MOST_PATHS = 256;

/** Whether a line of a `*.pth` adds a folder: neither a comment, nor empty, nor code (Lib/site.py, `addpackage`). */
export function addsFolder(line: string): boolean {
  return line.trim() !== '' && !line.startsWith('#') && !/^import[ \t]/.test(line);
}

/**
 * Folders outside of a folder of packages from which Python loads packages too, because a `*.pth` says so. Those of working copies
 * are known by their names: a working copy is listed, and never compared.
 * @returns each as a half sentence; nobody looks into these folders
 */
export function addedFolders(
  folder: string,
  files: readonly PathFile[],
  distributions: readonly DistributionFact[],
): string[] {
  const editable = new Set(
    distributions.filter((one) => one.editable).map(({ name }) => normalizedName(name)),
  );
  return files.flatMap(({ name, lines }) => {
    const stem = name.replace(/\.pth$/, '').replace(/^(?:__editable__[._])?_*/, '');
    const names = [stem, stem.replace(/[-_][0-9][^/]*$/, '')].map(normalizedName);
    if (names.some((one) => editable.has(one)) || (name === 'easy-install.pth' && editable.size > 0))
      return [];
    return lines
      .filter(addsFolder)
      .map((line) => line.trim())
      .filter((line) =>
        line.startsWith('/') ? !`${line}/`.startsWith(`${folder}/`) : /(?:^|\/)\.\.(?:\/|$)/.test(line),
      )
      .slice(0, 8)
      .map((line) => `${name} adds ${line.slice(0, 512)}, which was not looked into`);
  });
}

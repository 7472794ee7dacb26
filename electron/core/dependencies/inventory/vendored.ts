import { parseRequirement } from '#core/dependencies/requirements/requirement.ts';
import type { PythonFacts } from '#shared/domain/facts/software.ts';
import { namedByFolder } from './distribution.ts';

export type VendoredFact = NonNullable<PythonFacts['environments'][number]['vendored']>[number];

/** Folders in which packages keep copies of others. */
export const VENDOR_FOLDERS: readonly string[] = ['_vendor', '_vendored', 'vendored'];
/** Lists of what lies in them (pip, setuptools, and those that use the tool `vendoring`). */
export const VENDOR_LISTS: readonly string[] = ['vendor.txt', 'vendored.txt'];

const MAX_LINES = 1_024;

/**
 * Copies that a list names: one pinned requirement a line, indented under what needs it.
 * @param by the package that carries them: the first folder below the folder of packages
 * @param path of the list
 */
export function vendoredByList(lines: readonly string[], by: string, path: string): VendoredFact[] {
  return lines.slice(0, MAX_LINES).flatMap((line) => {
    const requirement = parseRequirement(line.replace(/(^|\s)#.*$/, ''));
    if (requirement?.name == null) return [];
    return [{ by, name: requirement.name, version: requirement.pinned?.slice(0, 256) ?? null, path }];
  });
}

/** The copy whose metadata folder lies there, or null for another name. */
export function vendoredByFolder(entry: string, by: string, path: string): VendoredFact | null {
  if (!/\.(dist|egg)-info$/.test(entry)) return null;
  const { name, version } = namedByFolder(entry);
  return { by, name: name.slice(0, 256), version: version.slice(0, 256) || null, path };
}

/** Each copy once: a list and a folder may name the same one, in two spellings. */
export function eachCopyOnce(copies: readonly VendoredFact[]): VendoredFact[] {
  const known = new Map<string, VendoredFact>();
  for (const copy of copies) {
    const key = `${copy.by} ${copy.name.toLowerCase().replace(/[-_.]+/g, '-')} ${copy.version ?? ''}`;
    if (!known.has(key)) known.set(key, copy);
  }
  return [...known.values()].slice(0, 1_024);
}

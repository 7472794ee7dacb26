import { opendir } from 'node:fs/promises';
import { nameMatcher, patternParts } from '../files/pattern.ts';

/** Entries of one folder that are compared. */
const MOST_ENTRIES = 50_000;
/** Folders that are gone through for one pattern. */
const MOST_FOLDERS = 1_000;

/**
 * Paths that a pattern names. Only names are compared here: whether what is there may be followed is seen when it is opened.
 * @param pattern absolute; `*`, `?` and `[…]` within a name, as in glob(7)
 */
export async function matchingPaths(
  pattern: string,
  most: number,
): Promise<{ paths: string[]; more: boolean }> {
  let folders = [''];
  let more = false;
  const parts = patternParts(pattern);
  for (const [index, part] of parts.entries()) {
    const matches = nameMatcher(part);
    if (matches === null) {
      folders = folders.map((folder) => `${folder}/${part}`);
      continue;
    }
    const found: string[] = [];
    const limit = index === parts.length - 1 ? most : MOST_FOLDERS;
    for (const folder of folders) {
      for (const name of await listed(folder || '/')) if (matches(name)) found.push(`${folder}/${name}`);
      if (found.length > limit) break;
    }
    found.sort();
    more ||= found.length > limit;
    folders = found.slice(0, limit);
  }
  return { paths: folders, more };
}

async function listed(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) {
      names.push(name);
      if (names.length >= MOST_ENTRIES) break;
    }
  } catch {
    // Not a folder, or not ours to list: nothing of it is named by the pattern at the moment.
  }
  return names;
}

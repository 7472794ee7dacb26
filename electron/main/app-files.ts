import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Only what a page needs; anything else in the folder, a source map for one, is as if it were not there. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
]);

export interface AppFile {
  /** Absolute path. */
  path: string;
  /** Value of `Content-Type`. */
  type: string;
}

/**
 * Make the list of files that `app://` can answer with. A request only ever picks from it, so no request can name a
 * path: neither `..` nor an encoded slash nor a link added later leads anywhere.
 * @param folder the built renderer
 * @returns from URL path (`/index.html`) to file; regular files only, links are left out
 */
export async function listAppFiles(folder: string): Promise<ReadonlyMap<string, AppFile>> {
  const files = new Map<string, AppFile>();
  const walk = async (inside: string, prefix: string) => {
    for (const entry of await readdir(inside, { withFileTypes: true })) {
      const path = join(inside, entry.name);
      const address = `${prefix}/${encodeURIComponent(entry.name)}`;
      const type = TYPES.get(extname(entry.name));
      if (entry.isDirectory()) await walk(path, address);
      else if (entry.isFile() && type !== undefined) files.set(address, { path, type });
    }
  };
  await walk(folder, '');
  return files;
}

/** Whether a path that is not a file may be a page of the renderer's router: its last part has no extension. */
export function isRoute(path: string): boolean {
  return !path.slice(path.lastIndexOf('/') + 1).includes('.') && !/[%\\]/.test(path);
}

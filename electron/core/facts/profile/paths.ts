/**
 * A path as a process meant it. Lexical: `..` takes the component before it away, links are not followed.
 * @param base absolute folder, or null when it is not known
 * @returns the absolute path, or null for a bare program name (found through PATH) and when the base is missing
 */
export function absoluteFrom(base: string | null, path: string): string | null {
  if (!path.includes('/')) return null;
  if (!path.startsWith('/') && (base === null || !base.startsWith('/'))) return null;
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** True when `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/**
 * All folders above a path, nearest first, ending with `/`.
 * @param path absolute path without `.` and `..`
 */
export function ancestorsOf(path: string): string[] {
  const all: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    all.push(path.slice(0, at));
  if (path !== '/') all.push('/');
  return all;
}

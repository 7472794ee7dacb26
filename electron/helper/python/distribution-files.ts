import { Refused } from '../refused.ts';
import { baseOf, type EnvironmentList, folderOf, readBelow, shown } from './environment.ts';
import { isOfEnvironment } from './what-starts.ts';

const MOST_METADATA = 4 * 1024 * 1024;
const MOST_RECORD = 32 * 1024 * 1024;
const MOST_RECORDS = 256 * 1024 * 1024;

/** Name of a distribution as it is compared (PEP 503). */
export const normalized = (name: string) => name.replace(/[-_.]+/g, '-').toLowerCase();

/** The first `Name:` or `Version:` of a METADATA (core metadata specifications); null without one. */
function header(text: string, name: 'Name' | 'Version'): string | null {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  return new RegExp(`^${name}:[ \\t]*(\\S+)[ \\t]*\\r?$`, 'im').exec(head)?.[1] ?? null;
}

/** Folders of metadata (`*.dist-info`) and eggs in one site-packages that are of this package by their name. */
function metadataOf(list: EnvironmentList, site: string, name: string): string[] {
  return [...list.keys()].filter((relative) => {
    if (folderOf(relative) !== site) return false;
    const stem = /^(.+?)(?:-[^-]*)?(?:-py\d.*)?\.(?:dist-info|egg-info|egg|egg-link)$/i.exec(
      baseOf(relative),
    )?.[1];
    return stem !== undefined && normalized(stem) === name;
  });
}

/** What the metadata of all distributions of one site-packages says: names and versions as they are written. */
export function distributionsIn(
  top: number,
  list: EnvironmentList,
  site: string,
): { name: string; version: string }[] {
  return [...list.keys()]
    .filter((relative) => folderOf(relative) === site && relative.endsWith('.dist-info'))
    .map((relative) => {
      const text = readBelow(top, `${relative}/METADATA`, MOST_METADATA)?.toString('utf8') ?? '';
      return { name: normalized(header(text, 'Name') ?? ''), version: header(text, 'Version') ?? '' };
    });
}

/** Paths of a RECORD (binary distribution format; a CSV of path, hash, size), relative to its site-packages. */
function recordedPaths(text: string): string[] {
  const paths: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    const quoted = /^"((?:[^"]|"")*)",/.exec(line)?.[1];
    const path = quoted?.replaceAll('""', '"') ?? line.split(',')[0] ?? '';
    if (path !== '') paths.push(path);
  }
  return paths;
}

/** Where a path of a RECORD leads to, relative to the environment (bytes as Latin-1); null when that is outside. */
function within(site: string, path: string): string | null {
  if (path.startsWith('/') || path.includes('\0')) return null;
  const parts = site.split('/');
  for (const part of Buffer.from(path, 'utf8').toString('latin1').split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? null : parts.join('/');
}

/**
 * Files that other packages of the same folder list, and their metadata: a list that names them does not make them its own. Refuses
 * `unsafe-path` when their lists are longer than anybody's.
 */
function listedByOthers(top: number, list: EnvironmentList, site: string, own: string): ReadonlySet<string> {
  const found = new Set<string>();
  let bytes = 0;
  for (const [relative, kind] of list.values()) {
    const inside = relative.startsWith(`${site}/`) ? relative.slice(site.length + 1) : '';
    const info = /^([^/]+\.(?:dist|egg)-info)(?:\/|$)/.exec(inside)?.[1];
    if (info === undefined || `${site}/${info}` === own) continue;
    if (kind === 'f') found.add(relative);
    if (kind !== 'f' || inside !== `${info}/RECORD`) continue;
    const record = readBelow(top, relative, MOST_RECORD);
    bytes += record?.length ?? 0;
    if (record === null || bytes > MOST_RECORDS)
      throw new Refused(
        'unsafe-path',
        `The lists of the other packages (${shown(relative)}) cannot be read.`,
      );
    for (const path of recordedPaths(record.toString('utf8'))) {
      const other = within(site, path);
      if (other !== null) found.add(other);
    }
  }
  return found;
}

/**
 * Files that belong to the installed version of a package: those of its RECORD that are there, and the bytecode that was made of
 * them (PEP 3147). Refuses what is not the version that the plan saw, or cannot be taken away by its list: two versions at once,
 * eggs, editable and direct installations, no RECORD, links, files outside of the environment.
 */
export function filesOfInstalled(
  top: number,
  list: EnvironmentList,
  site: string,
  { name, from }: { name: string; from: string },
): string[] {
  const [metadata, second] = metadataOf(list, site, name);
  if (metadata === undefined || second !== undefined || !metadata.endsWith('.dist-info'))
    throw new Refused(
      metadata === undefined ? 'changed-since' : 'unsafe-path',
      `${name} is not there once, as a package with a list of its files, but ${
        metadata === undefined
          ? 'not at all'
          : `as ${[metadata, second]
              .filter((one) => one !== undefined)
              .map(shown)
              .join(' and ')}`
      }. Nothing was touched.`,
    );
  const text = readBelow(top, `${metadata}/METADATA`, MOST_METADATA)?.toString('utf8') ?? '';
  const version = header(text, 'Version');
  if (version !== from)
    throw new Refused(
      'changed-since',
      `${name} ${from} is not there any more: it is ${version ?? 'without a version'}. Nothing was touched.`,
    );
  if (list.has(`${metadata}/direct_url.json`))
    throw new Refused(
      'unsafe-path',
      `${name} was not installed from an index (direct_url.json), so it is not replaced from one.`,
    );
  const record = readBelow(top, `${metadata}/RECORD`, MOST_RECORD);
  if (record === null) throw new Refused('unsafe-path', `${name} has no list of its files (RECORD).`);
  const files = new Set<string>();
  const others = listedByOthers(top, list, site, metadata);
  for (const path of recordedPaths(record.toString('utf8'))) {
    const relative = within(site, path);
    if (relative === null)
      throw new Refused(
        'unsafe-path',
        `The RECORD of ${name} names ${path.slice(0, 256)}, outside of the environment.`,
      );
    if (isOfEnvironment(relative))
      throw new Refused(
        'unsafe-path',
        `The RECORD of ${name} names ${shown(relative)}, which belongs to the environment and not to a package.`,
      );
    const found = list.get(relative);
    // What another package lists too stays where it is.
    if (found === undefined || others.has(relative)) continue;
    if ((found[4] & 0o6000) !== 0)
      throw new Refused(
        'unsafe-path',
        `${shown(relative)} of ${name} is setuid or setgid, and is not replaced.`,
      );
    if (found[1] !== 'f')
      throw new Refused(
        'unsafe-path',
        `The RECORD of ${name} names ${shown(relative)}, which is no plain file.`,
      );
    files.add(relative);
  }
  // What tools wrote beside the list, such as INSTALLER, goes with its folder.
  for (const [relative, kind] of list.values())
    if (kind === 'f' && relative.startsWith(`${metadata}/`)) files.add(relative);
  for (const relative of bytecodeOf(files, list)) files.add(relative);
  return [...files];
}

/** Bytecode in `__pycache__` that was made of these sources. */
export function bytecodeOf(files: ReadonlySet<string>, list: EnvironmentList): string[] {
  return [...list.values()].flatMap(([relative, kind]) => {
    const source = sourceOf(relative);
    return kind === 'f' && source !== null && files.has(source) ? [relative] : [];
  });
}

/** The source of which a file of bytecode was made, by its name; null for what is none. */
export function sourceOf(relative: string): string | null {
  const folder = folderOf(relative);
  if (baseOf(folder) !== '__pycache__') return null;
  const stem = /^(.+?)\.[a-z0-9_-]+(?:\.opt-[a-z0-9]+)?\.pyc$/i.exec(baseOf(relative))?.[1];
  if (stem === undefined) return null;
  const above = folderOf(folder);
  return `${above === '' ? '' : `${above}/`}${stem}.py`;
}

import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { requirementKind } from '#core/dependencies/requirements/requirement-kind.ts';
import { decodeText } from '#core/facts/script/decode.ts';
import type { Environment } from '#shared/domain/dependencies/inventory.ts';
import { environmentOf } from './inventory.ts';
import { readBounded } from './read-bounded.ts';
import { readRequirements } from './read-requirements.ts';
import { readSite } from './read-site.ts';

/** What a path holds, or why nothing can be said of it; safe to show. */
export type PathInventory = { ok: true; environments: Environment[] } | { ok: false; reason: string };

/** Names that virtual environments have within a project. */
const WITHIN_PROJECTS = ['.venv', 'venv', 'env', '.env', 'virtualenv'];
/** Locks and requirement files of a project that are read by themselves. */
const LISTS = /^(?:uv\.lock|poetry\.lock|Pipfile\.lock|pylock(?:\.[^.]+)?\.toml|requirements[^/]*\.txt)$/;
const MAX_LISTS = 32;
const MAX_ENVIRONMENTS = 64;

const kindOf = (path: string): 'folder' | 'file' | 'other' | null => {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return 'folder';
    return status.isFile() ? 'file' : 'other';
  } catch {
    return null;
  }
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
};

const isLink = (path: string): boolean => {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return true;
  }
};

/** Folders of packages below a prefix: of a virtual environment, `/usr`, `/usr/local`, `~/.local`. */
function sitesBelow(root: string): string[] {
  const libraries = ['lib', 'lib64'].filter((name) => !isLink(join(root, name)));
  return libraries
    .flatMap((library) =>
      namesIn(join(root, library))
        .filter((name) => /^(?:python3(?:\.\d+t?)?|pypy3(?:\.\d+)?)$/.test(name))
        .flatMap((name) => ['site-packages', 'dist-packages'].map((last) => join(root, library, name, last))),
    )
    .filter((path) => kindOf(path) === 'folder');
}

/** An environment of which nothing, or not all, could be read: listed, so that nobody takes what was read for all. */
function unreadEnvironment(id: string, kind: Environment['kind'], unreadable: string): Environment {
  return { id, kind, pythonVersion: null, interpreter: null, packages: [], unreadable };
}

function versionOf(folder: string, settings: string): string | null {
  return (
    /^version(?:_info)?\s*=\s*([0-9][\w.+]*)/m.exec(settings)?.[1] ??
    /\/python(3\.\d+)\//.exec(folder)?.[1] ??
    null
  );
}

function siteOf(folder: string, root: string, settings: string | null): Environment {
  const isDistribution = settings === null && folder.endsWith('/python3/dist-packages');
  const kind =
    settings !== null ? 'virtual-environment' : isDistribution ? 'distribution-packages' : kindBy(folder);
  if (isLink(folder) || isLink(dirname(folder)))
    return unreadEnvironment(folder, kind, 'it is reached through a link, which is not followed');
  const pythonVersion = versionOf(folder, settings ?? '');
  const read = readSite(folder, { kind, root, pythonVersion });
  if (read !== null) {
    const environment = environmentOf(read);
    const [added] = read.added;
    return added === undefined || environment.unreadable !== null
      ? environment
      : { ...environment, unreadable: added };
  }
  return { ...unreadEnvironment(folder, kind, 'the folder cannot be listed'), pythonVersion };
}

const kindBy = (folder: string): 'user' | 'system' => (folder.includes('/.local/') ? 'user' : 'system');

function environmentsBelow(root: string): Environment[] {
  const settings = readBounded(join(root, 'pyvenv.cfg'), 4_096);
  const text = settings.ok ? decodeText(settings.bytes, 4_096) : null;
  return sitesBelow(root).map((folder) => siteOf(folder, root, text));
}

/** The environment that a folder of packages belongs to: three levels up, where its settings are. */
function rootOfSite(folder: string): { root: string; settings: string | null } {
  const root = dirname(dirname(dirname(folder)));
  const settings = readBounded(join(root, 'pyvenv.cfg'), 4_096);
  return { root, settings: settings.ok ? decodeText(settings.bytes, 4_096) : null };
}

function listsIn(folder: string): Environment[] {
  const names = namesIn(folder).filter((name) => LISTS.test(name) && kindOf(join(folder, name)) !== 'folder');
  const read = names.slice(0, MAX_LISTS).map((name) => {
    const path = join(folder, name);
    const list = readRequirements(path);
    return list.ok ? list.environment : unreadEnvironment(path, 'list', list.reason);
  });
  return names.length <= MAX_LISTS
    ? read
    : [...read, unreadEnvironment(folder, 'list', `it has ${names.length} files of requirements and locks`)];
}

/**
 * What a path of this machine holds: a virtual environment, a folder of packages, a prefix such as `/usr`, a project with its
 * environments, locks and requirement files, or one such file. Only files are read: nothing is imported, nothing run, and below the
 * path no link is followed.
 * @param path absolute, or relative to the working folder
 */
export function readPath(path: string): PathInventory {
  let place: string;
  try {
    place = realpathSync(resolve(path));
  } catch {
    return { ok: false, reason: `There is no ${path}, or it is closed to this account.` };
  }
  const kind = kindOf(place);
  if (kind === 'file') {
    if (requirementKind(place) === null)
      return { ok: false, reason: `${path} is neither a folder nor a file of requirements that is known.` };
    const read = readRequirements(place);
    return read.ok ? { ok: true, environments: [read.environment] } : read;
  }
  if (kind !== 'folder') return { ok: false, reason: `${path} is neither a folder nor a file.` };
  const names = namesIn(place);
  if (
    /^(?:site|dist)-packages$/.test(basename(place)) ||
    names.some((name) => /\.(?:dist|egg)-info$/.test(name))
  ) {
    const { root, settings } = rootOfSite(place);
    return { ok: true, environments: [siteOf(place, root, settings)] };
  }
  const below = environmentsBelow(place);
  const projects = names
    .filter((name) => WITHIN_PROJECTS.includes(name) && !isLink(join(place, name)))
    .flatMap((name) => environmentsBelow(join(place, name)));
  const environments = [...below, ...projects, ...listsIn(place)];
  if (environments.length === 0)
    return {
      ok: false,
      reason: `${path} has no packages: it is no virtual environment, no folder of packages and no project with a lock.`,
    };
  if (environments.length <= MAX_ENVIRONMENTS) return { ok: true, environments };
  const rest = `it has ${environments.length} environments and lists, of which ${MAX_ENVIRONMENTS} were read`;
  return {
    ok: true,
    environments: [...environments.slice(0, MAX_ENVIRONMENTS), unreadEnvironment(place, 'system', rest)],
  };
}

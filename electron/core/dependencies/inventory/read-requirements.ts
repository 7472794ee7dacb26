import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type LockedFrom, type LockFile, readLock } from '#core/dependencies/requirements/lock-file.ts';
import type { PinProblem } from '#core/dependencies/requirements/pin-problem.ts';
import { problemsOfFile, type RequirementFile } from '#core/dependencies/requirements/pin-problems.ts';
import { declaredRequirements } from '#core/dependencies/requirements/pyproject-problems.ts';
import { parseRequirement, type Requirement } from '#core/dependencies/requirements/requirement.ts';
import { requirementKind } from '#core/dependencies/requirements/requirement-kind.ts';
import {
  parseRequirementsFile,
  withoutCredentials,
} from '#core/dependencies/requirements/requirements-file.ts';
import { decodeText } from '#core/facts/script/decode.ts';
import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { readBounded } from './read-bounded.ts';

/** A file of requirements as an inventory, before anything of it is installed. */
export type RequirementsInventory =
  | { ok: true; environment: Environment; problems: PinProblem[]; lock: LockFile | null }
  | { ok: false; reason: string };

const MAX_FILE = 16 * 1024 * 1024;
const MAX_FILES = 64;
const MAX_ITEMS = 16_384;

function blank(name: string): InventoryItem {
  return {
    ecosystem: 'PyPI',
    name,
    version: null,
    from: 'index',
    vendoredBy: null,
    requiredBy: [],
    direct: true,
    metadataPath: null,
    broken: null,
    asked: null,
    origin: null,
    licence: null,
    installer: null,
  };
}

/** One requirement as an item: a single version, or what is asked for instead. */
export function itemOfRequirement(requirement: Requirement, text: string): InventoryItem {
  const item = blank((requirement.name ?? withoutCredentials(text)).slice(0, 256));
  if (requirement.url !== null) {
    const isVcs = /^(git|hg|svn|bzr)\+/.test(requirement.url);
    const isLocal = /^(file:|[./])/.test(requirement.url);
    const origin = withoutCredentials(requirement.url).slice(0, 512);
    return { ...item, from: isVcs ? 'vcs' : isLocal ? 'file' : 'url', origin, asked: 'an address' };
  }
  if (requirement.pinned !== null) return { ...item, version: requirement.pinned.slice(0, 256) };
  return {
    ...item,
    asked: requirement.specifiers === '' ? 'any version' : requirement.specifiers.slice(0, 1_024),
  };
}

const ORIGIN_WORDS: Readonly<Record<LockedFrom, string>> = {
  index: 'its index',
  vcs: 'its version control',
  url: 'its address',
  file: 'its file or folder',
};

function itemsOfLock(lock: LockFile): InventoryItem[] {
  return lock.entries.map((entry) => ({
    ...blank(entry.name),
    version: entry.version?.slice(0, 256) ?? null,
    from: entry.from,
    direct: null,
    asked: entry.asked ?? (entry.version === null ? `what ${ORIGIN_WORDS[entry.from]} gives` : null),
    origin: entry.from === 'index' ? null : (entry.place?.slice(0, 512) ?? null),
  }));
}

/** Files that one file takes in, each once: a loop ends where it began. What lies beyond the folder of the first is left alone. */
class Following {
  readonly files: RequirementFile[] = [];
  readonly refused: string[] = [];
  private readonly known = new Set<string>();
  private readonly within: string;

  constructor(within: string) {
    this.within = within;
  }

  read(path: string, kind: RequirementFile['kind']): void {
    if (this.known.has(path)) return;
    if (this.files.length >= MAX_FILES) {
      this.refused.push(path);
      return;
    }
    this.known.add(path);
    const read = readBounded(path, MAX_FILE);
    if (!read.ok) {
      this.refused.push(path);
      return;
    }
    const file = { path, kind, text: decodeText(read.bytes, MAX_FILE), cut: read.cut };
    this.files.push(file);
    if (kind !== 'requirements' && kind !== 'constraints') return;
    for (const include of parseRequirementsFile(file.text).includes) {
      const target = resolve(dirname(path), include.text);
      const inside = relative(this.within, target);
      if (/^[a-z]+:\/\//i.test(include.text) || inside.startsWith('..') || isAbsolute(inside))
        this.refused.push(withoutCredentials(include.text));
      // A link may lead out of the folder: the true path decides.
      else if (leadsOut(target, this.within)) this.refused.push(include.text);
      else this.read(target, include.kind);
    }
  }
}

function leadsOut(path: string, within: string): boolean {
  try {
    const inside = relative(realpathSync(within), realpathSync(path));
    return inside.startsWith('..') || isAbsolute(inside);
  } catch {
    return false;
  }
}

/** The project that a file belongs to: the nearest folder, at most three up, that declares itself as one. */
function projectOf(path: string): string {
  let folder = dirname(path);
  for (let up = 0; up < 3; up += 1) {
    if (['pyproject.toml', 'setup.py', 'setup.cfg'].some((name) => readBounded(join(folder, name), 0).ok))
      return folder;
    folder = dirname(folder);
  }
  return dirname(path);
}

/** Items of requirement files, with the versions that constraints and other lines of the same name choose. */
function itemsOfFiles(files: readonly RequirementFile[]): InventoryItem[] {
  const lines = files.flatMap((file) =>
    file.kind === 'pyproject'
      ? declaredRequirements(file.text).flatMap((text) => {
          const requirement = parseRequirement(text);
          return requirement === null ? [] : [{ requirement, text, isConstraint: false }];
        })
      : parseRequirementsFile(file.text).lines.map(({ requirement, text }) => ({
          requirement,
          text,
          isConstraint: file.kind === 'constraints',
        })),
  );
  const chosen = new Map(
    lines.flatMap(({ requirement: { name, pinned } }) =>
      name !== null && pinned !== null ? [[name, pinned]] : [],
    ),
  );
  const items = new Map<string, InventoryItem>();
  for (const { requirement, text, isConstraint } of lines) {
    if (isConstraint) continue;
    // Its own version goes before what a constraint says: one name may have two, for two kinds of machines.
    const pinned =
      requirement.url === null ? (requirement.pinned ?? chosen.get(requirement.name ?? '') ?? null) : null;
    const item = itemOfRequirement({ ...requirement, pinned }, text);
    items.set(`${item.name} ${item.version ?? item.asked ?? ''}`, item);
  }
  return [...items.values()];
}

/**
 * Requirements as a person types them (`httpx==0.27.0`, `rich>=13`), as an inventory, before anything is installed.
 * @returns null for one that is no requirement
 */
export function inventoryOfWords(words: readonly string[]): Environment | null {
  const read = words.map((text) => ({ text, requirement: parseRequirement(text) }));
  const packages = read.flatMap(({ text, requirement }) =>
    requirement === null ? [] : [itemOfRequirement(requirement, text)],
  );
  if (packages.length !== words.length) return null;
  return {
    id: words.join(' ').slice(0, 1_024),
    kind: 'list',
    pythonVersion: null,
    interpreter: null,
    packages,
    unreadable: null,
  };
}

/**
 * Reads a file of requirements of this machine as an inventory, with the files that it takes in: exact versions can be compared
 * before they are installed, the others say what they ask for. Nothing is fetched.
 * @param path of requirements*.txt, a lock or pyproject.toml
 */
export function readRequirements(path: string): RequirementsInventory {
  const kind = requirementKind(path) ?? 'requirements';
  if (kind === 'setup' || kind === 'installer')
    return { ok: false, reason: `${path} is code: what it would install cannot be known before it runs.` };
  const following = new Following(projectOf(resolve(path)));
  following.read(resolve(path), kind);
  if (following.files.length === 0)
    return { ok: false, reason: `${path} cannot be read: it is not there, closed, or no regular file.` };
  return inventoryOfFiles(path, kind, following);
}

/**
 * Reads the text of a file of requirements, wherever it came from: what it takes in besides is not followed, and said to be missing.
 * @param name says by its end what it is; anything else is a file of requirements
 */
export function requirementsOfText(name: string, text: string): RequirementsInventory {
  const kind = requirementKind(name) ?? 'requirements';
  if (kind === 'setup' || kind === 'installer')
    return { ok: false, reason: `${name} is code: what it would install cannot be known before it runs.` };
  const cut = Buffer.byteLength(text) > MAX_FILE;
  const files = [{ path: name, kind, text, cut }];
  const isPlain = kind === 'requirements' || kind === 'constraints';
  const refused = isPlain
    ? parseRequirementsFile(text).includes.map((include) => withoutCredentials(include.text))
    : [];
  return inventoryOfFiles(name, kind, { files, refused });
}

/** @param read the first of its files is the one that was asked for */
function inventoryOfFiles(
  path: string,
  kind: RequirementFile['kind'],
  { files, refused }: { files: readonly RequirementFile[]; refused: readonly string[] },
): RequirementsInventory {
  const [first] = files;
  const lock = first === undefined ? null : readLock(first);
  const isLockKind = !['requirements', 'constraints', 'pyproject'].includes(kind);
  if (isLockKind && lock === null)
    return { ok: false, reason: `${path} is no lock that could be read, or it is longer than 16 MiB.` };
  const cut = files.find((file) => file.cut);
  const known = new Set(files.map((file) => file.path));
  const problems = files.flatMap((file) => problemsOfFile(file, known));
  const unread = problems.filter((problem) => problem.kind === 'unread');
  const packages = lock === null ? itemsOfFiles(files) : itemsOfLock(lock);
  const why =
    packages.length > MAX_ITEMS
      ? `it names ${packages.length} packages, of which the first ${MAX_ITEMS} were looked at`
      : cut !== undefined
        ? `${cut.path} is longer than 16 MiB and was not read whole`
        : refused.length > 0
          ? `${refused[0]} was not followed: it is not there, elsewhere, or outside of the project`
          : unread.length > 0
            ? `${unread.length} ${unread.length === 1 ? 'line' : 'lines'} could not be understood, the first: ${unread[0]?.text.slice(0, 200) ?? ''}`
            : null;
  return {
    ok: true,
    environment: {
      id: path,
      kind: 'list',
      pythonVersion: null,
      interpreter: null,
      packages: packages.slice(0, MAX_ITEMS),
      unreadable: why,
    },
    problems,
    lock,
  };
}

import { isAbsolute, join, normalize, sep } from 'node:path';
import { type ConfigLine, readConfigLine } from './config-line.ts';
import { PatternMatcher } from './host-pattern.ts';

/** A line that sets something, or the files that an `Include` brings in at this place. */
export type Directive = ConfigLine | { keyword: 'include'; files: Directive[][] };

/** A configuration with all that it includes; nothing was evaluated. */
export interface ConfigTree {
  directives: Directive[];
  /** What was left out, one sentence each. */
  problems: string[];
}

/** How files are read; the disk, or a test's own. */
export interface ConfigFiles {
  /** @returns the text, or why there is none; at most `limit` bytes are read */
  read(path: string, limit: number): Promise<{ text: string } | { problem: string } | 'missing'>;
  /** @returns names in a folder; none when it cannot be read */
  list(folder: string): Promise<string[]>;
}

/** OpenSSH goes 16 deep. */
const MAX_DEPTH = 8;
const MAX_FILES = 256;
/** UTF-16 units of all files together. */
const MAX_TEXT = 1_048_576;
const MAX_PROBLEMS = 16;

interface Reading {
  home: string;
  files: ConfigFiles;
  filesLeft: number;
  textLeft: number;
  problems: Set<string>;
}

/**
 * Reads `~/.ssh/config` with the files that it includes from below `~/.ssh`; nothing is run and no variable is looked up.
 * @param home of the operator
 * @returns null when there is no such file
 */
export async function readConfigTree(home: string, files: ConfigFiles): Promise<ConfigTree | null> {
  const reading: Reading = { home, files, filesLeft: MAX_FILES, textLeft: MAX_TEXT, problems: new Set() };
  const directives = await readFile(reading, join(home, '.ssh', 'config'), 0);
  if (directives === 'missing') return null;
  return { directives, problems: [...reading.problems].slice(0, MAX_PROBLEMS) };
}

async function readFile(reading: Reading, path: string, depth: number): Promise<Directive[] | 'missing'> {
  const { problems } = reading;
  if (reading.filesLeft === 0) {
    problems.add(`More than ${MAX_FILES} files: the rest was left out.`);
    return [];
  }
  reading.filesLeft -= 1;
  const answer = await reading.files.read(path, MAX_TEXT);
  if (answer === 'missing') return 'missing';
  if ('problem' in answer) {
    problems.add(`${path} ${answer.problem}`);
    return [];
  }
  reading.textLeft -= answer.text.length;
  if (reading.textLeft < 0) {
    problems.add('All files together are longer than a megabyte: the rest was left out.');
    return [];
  }
  const directives: Directive[] = [];
  for (const [index, text] of answer.text.split('\n').entries()) {
    const line = readConfigLine(text);
    if (line === null) continue;
    if (line === 'damaged') problems.add(`Line ${index + 1} of ${path} cannot be read.`);
    else if (line.keyword !== 'include') directives.push(line);
    else directives.push({ keyword: 'include', files: await readIncluded(reading, line.values, depth + 1) });
  }
  return directives;
}

async function readIncluded(
  reading: Reading,
  values: readonly string[],
  depth: number,
): Promise<Directive[][]> {
  if (depth > MAX_DEPTH) {
    reading.problems.add(`Files include each other more than ${MAX_DEPTH} deep: the rest was left out.`);
    return [];
  }
  const read: Directive[][] = [];
  for (const value of values) {
    for (const path of await pathsOf(reading, value)) {
      const directives = await readFile(reading, path, depth);
      if (directives !== 'missing') read.push(directives);
    }
  }
  return read;
}

/** Files that a value of `Include` names, below `~/.ssh` only; in the order of their names, as glob(3) gives them. */
async function pathsOf(reading: Reading, value: string): Promise<string[]> {
  const base = join(reading.home, '.ssh');
  const named = value.startsWith('~/') ? join(reading.home, value.slice(2)) : value;
  const path = normalize(isAbsolute(named) ? named : join(base, named));
  // `~name`, `${VARIABLE}` and `[a-z]` mean something else than a file of this name.
  if (/^~|[$[\]\p{Cc}]/u.test(named) || !path.startsWith(base + sep)) {
    reading.problems.add(`${value.slice(0, 256)} is included, which is not below ${base}: it was not read.`);
    return [];
  }
  let found = [base];
  for (const word of path.slice(base.length + 1).split(sep)) {
    if (!/[*?]/.test(word)) {
      found = found.map((folder) => join(folder, word));
      continue;
    }
    const matcher = new PatternMatcher(1_000_000);
    const next: string[] = [];
    for (const folder of found) {
      for (const name of (await reading.files.list(folder)).toSorted()) {
        if (name.startsWith('.') && !word.startsWith('.')) continue;
        if (matcher.matches(name, word)) next.push(join(folder, name));
      }
    }
    found = next.slice(0, MAX_FILES);
  }
  return found;
}

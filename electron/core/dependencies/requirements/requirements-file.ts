import { parseRequirement, type Requirement } from './requirement.ts';

/** One requirement of a file, with what stands beside it. */
export interface RequirementLine {
  requirement: Requirement;
  text: string;
  hashes: number;
  editable: boolean;
}

/** What a requirements file says (pip's "Requirements File Format"). */
export interface RequirementsFile {
  lines: RequirementLine[];
  /** Options that change where packages come from or how they are built, as written. */
  extraIndexes: string[];
  indexes: string[];
  sourceOnly: string[];
  /** Other files that it takes in, which may hold more. */
  includes: string[];
  /** Lines that could not be understood. */
  unread: string[];
}

const MAX_LINES = 20_000;

/** Reads a requirements or constraints file: continued lines, comments, options, hashes, editable and URL requirements. */
export function parseRequirementsFile(text: string): RequirementsFile {
  const file: RequirementsFile = {
    lines: [],
    extraIndexes: [],
    indexes: [],
    sourceOnly: [],
    includes: [],
    unread: [],
  };
  // A backslash at the end of a line joins it with the next one; comments start at the line or after white space.
  const joined = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/, MAX_LINES);
  for (const whole of joined) {
    const line = whole.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const option = /^(--?[A-Za-z][a-z-]*)(?:[=\s]\s*|(?=[^\s=]))(.*)$/.exec(line);
    if (line.startsWith('-') && option !== null) {
      readOption(file, option[1] ?? '', (option[2] ?? '').trim(), line);
      continue;
    }
    addRequirement(file, line, false);
  }
  return file;
}

function readOption(file: RequirementsFile, name: string, value: string, line: string): void {
  if (name === '-r' || name === '--requirement' || name === '-c' || name === '--constraint')
    file.includes.push(value);
  else if (name === '-e' || name === '--editable') addRequirement(file, value, true);
  else if (name === '--extra-index-url' || name === '--find-links' || name === '-f')
    file.extraIndexes.push(line);
  else if (name === '-i' || name === '--index-url') file.indexes.push(line);
  else if (name === '--no-binary') file.sourceOnly.push(line);
  else if (!/^--(only-binary|prefer-binary|require-hashes|pre|trusted-host|use-feature|no-index)$/.test(name))
    file.unread.push(line);
}

function addRequirement(file: RequirementsFile, line: string, editable: boolean): void {
  const hashes = (line.match(/\s--hash[=\s]\s*(sha256|sha384|sha512):[0-9a-f]{64,128}/gi) ?? []).length;
  const bare = line.replace(/\s--?[a-z][a-z-]*([=\s].*)?$/i, '').trim();
  const requirement = parseRequirement(bare);
  if (requirement === null) file.unread.push(line);
  else file.lines.push({ requirement, text: bare, hashes, editable });
}

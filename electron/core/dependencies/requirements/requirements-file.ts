import { MAX_REQUIREMENT, parseRequirement, type Requirement } from './requirement.ts';

/** One requirement of a file, with what stands beside it. */
export interface RequirementLine {
  requirement: Requirement;
  text: string;
  /** `sha256:…`, in lower case, as they stand there. */
  hashes: string[];
  editable: boolean;
  /** Number of the line in which it begins, from 1. */
  line: number;
}

/** A line that could not be understood, or an option. Shown without user and password. */
export interface OtherLine {
  text: string;
  line: number;
}

/** What a requirements file says (pip's "Requirements File Format"). */
export interface RequirementsFile {
  lines: RequirementLine[];
  /** Options that change where packages come from or how they are built, as written. */
  extraIndexes: OtherLine[];
  indexes: OtherLine[];
  sourceOnly: OtherLine[];
  /** Hosts whose certificate is not checked. */
  trustedHosts: OtherLine[];
  /** Other files that it takes in, which may hold more. */
  includes: (OtherLine & { kind: 'requirements' | 'constraints' })[];
  /** Lines that could not be understood. */
  unread: OtherLine[];
}

const MAX_LINES = 20_000;
/** A line with the hashes of a hundred wheels has some 10,000 characters. */
const MAX_LINE = 131_072;
const SHOWN = 512;

/** A text with an address, without user and password: these are nobody's business, and may be a token. `git@` stays. */
export function withoutCredentials(text: string): string {
  return text.slice(0, 8_192).replace(/:\/\/(?!git@)[^\s/@]{1,1024}@/g, '://[redacted]@');
}

interface Joined {
  text: string;
  line: number;
}

/** A backslash at the end of a line joins it with the next one. */
function joinedLines(text: string): { lines: Joined[]; cut: boolean } {
  const whole = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/, MAX_LINES + 1);
  const lines: Joined[] = [];
  let pending: { pieces: string[]; line: number } | null = null;
  for (const [at, piece] of whole.slice(0, MAX_LINES).entries()) {
    const isComment: boolean = pending === null && /^\s*#/.test(piece.slice(0, 256));
    const goesOn: boolean = !isComment && piece.endsWith('\\');
    const text: string = goesOn ? piece.slice(0, -1) : piece;
    if (pending === null) pending = { pieces: [text], line: at + 1 };
    else pending.pieces.push(text);
    if (goesOn) continue;
    lines.push({ text: pending.pieces.join(' '), line: pending.line });
    pending = null;
  }
  if (pending !== null) lines.push({ text: pending.pieces.join(' '), line: pending.line });
  return { lines, cut: whole.length > MAX_LINES };
}

/**
 * Reads a requirements or constraints file: continued lines, comments, options, hashes, editable and URL requirements. At most
 * 20,000 lines of 131,072 characters; what is beyond is among `unread`.
 */
export function parseRequirementsFile(text: string): RequirementsFile {
  const file: RequirementsFile = {
    lines: [],
    extraIndexes: [],
    indexes: [],
    sourceOnly: [],
    trustedHosts: [],
    includes: [],
    unread: [],
  };
  const joined = joinedLines(text);
  for (const { text: whole, line } of joined.lines) {
    if (whole.length > MAX_LINE) {
      file.unread.push({ text: `${withoutCredentials(whole.slice(0, 64))}… (too long)`, line });
      continue;
    }
    // Comments start at the line or after white space.
    const bare = whole.replace(/(^|\s)#.*$/, '').trim();
    if (bare === '') continue;
    const option = /^(--?[A-Za-z][a-z-]*)(?:[=\s]\s*|(?=[^\s=])|$)(.*)$/.exec(bare);
    if (bare.startsWith('-') && option !== null)
      readOption(file, option[1] ?? '', (option[2] ?? '').trim(), bare, line);
    else addRequirement(file, bare, false, line);
  }
  if (joined.cut) file.unread.push({ text: `all after line ${MAX_LINES} (too long)`, line: MAX_LINES + 1 });
  return file;
}

const HARMLESS = /^--(only-binary|prefer-binary|require-hashes|pre|use-feature|no-index|use-pep517)$/;

function readOption(file: RequirementsFile, name: string, value: string, whole: string, line: number): void {
  const shown = { text: withoutCredentials(whole).slice(0, SHOWN), line };
  if (name === '-r' || name === '--requirement')
    file.includes.push({ ...shown, text: value, kind: 'requirements' });
  else if (name === '-c' || name === '--constraint')
    file.includes.push({ ...shown, text: value, kind: 'constraints' });
  else if (name === '-e' || name === '--editable') addRequirement(file, value, true, line);
  else if (name === '--extra-index-url' || name === '--find-links' || name === '-f')
    file.extraIndexes.push(shown);
  else if (name === '-i' || name === '--index-url' || name === '--pypi-url') file.indexes.push(shown);
  else if (name === '--no-binary') file.sourceOnly.push(shown);
  else if (name === '--trusted-host') file.trustedHosts.push(shown);
  else if (!HARMLESS.test(name)) file.unread.push(shown);
}

const HASH = /\s--hash[=\s]\s*(sha256|sha384|sha512):([0-9a-f]{64,128})(?=\s|$)/gi;
const HASH_LENGTH: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

function addRequirement(file: RequirementsFile, whole: string, editable: boolean, line: number): void {
  const hashes = [...whole.matchAll(HASH)].flatMap(([, algorithm = '', digest = '']) =>
    HASH_LENGTH[algorithm.toLowerCase()] === digest.length ? [`${algorithm}:${digest}`.toLowerCase()] : [],
  );
  // Options of one requirement follow it: --hash, --global-option, --config-settings.
  const end = whole.search(/\s--?[a-z]/i);
  const bare = (end < 0 ? whole : whole.slice(0, end)).trim();
  const requirement = parseRequirement(bare);
  const text = withoutCredentials(bare.slice(0, MAX_REQUIREMENT));
  if (requirement === null) file.unread.push({ text: text.slice(0, SHOWN), line });
  else file.lines.push({ requirement, text, hashes: [...new Set(hashes)], editable, line });
}

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
  indexes: (OtherLine & { address: string })[];
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

/** Where a line ends for pip, which asks Python (`str.splitlines`): what it takes as a line must not hide in a comment here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they end lines for Python
const LINE_END = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/;
/** A line that is nothing but a comment: it ends what is joined, whatever it ends with itself (pip, `join_lines`). */
const COMMENT_LINE = /^\s*#/;

/** A backslash at the end of a line joins it with the next one, with nothing in between. */
function joinedLines(text: string): { lines: Joined[]; cut: boolean } {
  const whole = text.replace(/^\uFEFF/, '').split(LINE_END, MAX_LINES + 1);
  const lines: Joined[] = [];
  let pending: { pieces: string[]; line: number } | null = null;
  for (const [at, piece] of whole.slice(0, MAX_LINES).entries()) {
    const isComment: boolean = COMMENT_LINE.test(piece.slice(0, 256));
    const goesOn: boolean = !isComment && piece.endsWith('\\');
    // What follows a comment within a line is part of it.
    const text: string = goesOn ? piece.replace(/\\{1,256}$/, '') : isComment ? ` ${piece}` : piece;
    if (pending === null) pending = { pieces: [text], line: at + 1 };
    else pending.pieces.push(text);
    if (goesOn) continue;
    lines.push({ text: pending.pieces.join(''), line: pending.line });
    pending = null;
  }
  if (pending !== null) lines.push({ text: pending.pieces.join(''), line: pending.line });
  return { lines, cut: whole.length > MAX_LINES };
}

/** Encodings in which plain lines are what they look like (PEP 263, which pip follows in the first two lines). */
const PLAIN_ENCODING = /^(?:utf-?8(?:-sig)?|(?:us-)?ascii|latin-?1|iso-?8859-?\d{1,2}|cp125\d)$/i;

/** @returns the encoding that a file claims for itself in a comment and in which its lines may say something else; null for none */
function otherEncoding(text: string): string | null {
  for (const line of text.slice(0, 4_096).split('\n', 2)) {
    const named = line.startsWith('#') ? /coding[:=]\s*([-\w.]+)/.exec(line)?.[1] : undefined;
    if (named !== undefined) return PLAIN_ENCODING.test(named.replaceAll('_', '-')) ? null : named;
  }
  return null;
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
    if (bare.startsWith('-')) readOptions(file, bare, line);
    else addRequirement(file, bare, false, line);
  }
  const encoding = otherEncoding(text);
  if (encoding !== null)
    file.unread.push({ text: `all of it: it claims to be written in ${encoding.slice(0, 64)}`, line: 1 });
  if (joined.cut) file.unread.push({ text: `all after line ${MAX_LINES} (too long)`, line: MAX_LINES + 1 });
  return file;
}

/** Options that take nothing from anywhere else, and whether a word follows them. */
const HARMLESS: ReadonlyMap<string, boolean> = new Map([
  ['--only-binary', true],
  ['--use-feature', true],
  ['--prefer-binary', false],
  ['--require-hashes', false],
  ['--pre', false],
  ['--no-index', false],
]);
/** `--name`, `--name=value`; `-x`, `-xvalue` (optparse). */
const OPTION = /^(?:(--[a-z][a-z0-9-]*)(?:=(.*))?|(-[A-Za-z])(.*))$/;
/** No line of options has more words. */
const MOST_WORDS = 256;

/** Every option of a line: pip takes several, and the first must not hide the others. */
function readOptions(file: RequirementsFile, whole: string, line: number): void {
  const words = whole.split(/\s+/, MOST_WORDS + 1);
  if (words.length > MOST_WORDS || /["'\\]/.test(whole)) {
    // Quotes join words as a shell does: seldom written, and not worth guessing.
    file.unread.push({ text: withoutCredentials(whole).slice(0, SHOWN), line });
    return;
  }
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const option = OPTION.exec(word);
    if (option === null) {
      file.unread.push({ text: withoutCredentials(word).slice(0, SHOWN), line });
      continue;
    }
    const name = option[1] ?? option[3] ?? '';
    const joined = option[2] ?? option[4] ?? '';
    const takesWord = HARMLESS.get(name) !== false && joined === '' && option[2] === undefined;
    const next = takesWord ? words[at + 1] : undefined;
    const followed = next !== undefined && !next.startsWith('-');
    if (followed) at += 1;
    // What follows the address of a working copy (extras, markers) belongs to it.
    const rest = name === '-e' || name === '--editable' ? words.splice(at + 1).join(' ') : '';
    const value = `${followed ? next : joined} ${rest}`.trim();
    readOption(file, name, value, followed ? `${word} ${next}` : word, line);
  }
}

function readOption(file: RequirementsFile, name: string, value: string, whole: string, line: number): void {
  const shown = { text: withoutCredentials(whole).slice(0, SHOWN), line };
  if (name === '-r' || name === '--requirement')
    file.includes.push({ ...shown, text: value, kind: 'requirements' });
  else if (name === '-c' || name === '--constraint')
    file.includes.push({ ...shown, text: value, kind: 'constraints' });
  else if (name === '-e' || name === '--editable') addRequirement(file, value, true, line);
  else if (name === '--extra-index-url' || name === '--find-links' || name === '-f')
    file.extraIndexes.push(shown);
  else if (name === '-i' || name === '--index-url' || name === '--pypi-url')
    file.indexes.push({ ...shown, address: withoutCredentials(value) });
  else if (name === '--no-binary') file.sourceOnly.push(shown);
  else if (name === '--trusted-host') file.trustedHosts.push(shown);
  else if (!HARMLESS.has(name)) file.unread.push(shown);
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

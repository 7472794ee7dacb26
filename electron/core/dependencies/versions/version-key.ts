import { parse } from '@renovatebot/pep440';
import { END, numberKey, readableVersion } from './encode.ts';
import { legacyKey } from './legacy-key.ts';

/** Versions of PEP 440 stand above all others (packaging 21, `LegacyVersion`: epoch -1). */
const LEGACY = '0';
const VALID = '1';

/** Before every version: what `introduced: 0` means (OSV schema, "events"). */
export const BEFORE_ALL = '';

const ZERO = numberKey('0');

type Numbers = (value: number) => string;

/**
 * The library reads numbers as floating point, which is exact up to 15 digits: longer runs (a date with a time and more) are read
 * as stand-ins of 15 digits that do not occur in the text.
 */
function withStandIns(text: string): { text: string; digits: Numbers } {
  if (!/\d{16}/.test(text)) return { text, digits: String };
  const originals = new Map<number, string>();
  let next = 900_000_000_000_000;
  const replaced = text.replace(/\d{16,}/g, (run) => {
    while (text.includes(String(next))) next += 1;
    originals.set(next, run);
    next += 1;
    return String(next - 1);
  });
  return { text: replaced, digits: (value) => originals.get(value) ?? String(value) };
}

/** Segments of a local version: numbers above words, and more segments above fewer (PEP 440, "Local version identifiers"). */
function localKey(local: string): string {
  return local
    .toLowerCase()
    .split(/[-_.]/)
    .map((segment) => (/^\d+$/.test(segment) ? `n${numberKey(segment)}` : `a${segment}${END}`))
    .join('');
}

const PRE: Readonly<Record<string, string>> = { a: 'a', b: 'b', rc: 'r' };

/** What most versions are: numbers with dots between, each short enough to be exact. */
const PLAIN = /^\d{1,15}(?:\.\d{1,15})*$/;
/** What follows the release of a version that is nothing but one: no pre-release, no post-release, no development release. */
const FINAL = `${END}z02`;

/** The same as {@link pep440Key} for plain versions, without taking them apart twice; a test holds both equal. */
function plainKey(version: string): string {
  const parts = version.split('.').map(numberKey);
  while (parts.at(-1) === ZERO) parts.pop();
  return `${ZERO}${parts.join('')}${FINAL}`;
}

/** @returns key of a version by PEP 440, or null when it is none */
export function pep440Key(version: string): string | null {
  const { text, digits } = withStandIns(version);
  const plus = text.indexOf('+');
  const parsed = parse(text);
  if (parsed === null) return null;
  const number = (value: number | string | undefined): string => numberKey(digits(Number(value)));
  let last = parsed.release.length;
  while (last > 0 && parsed.release[last - 1] === 0) last -= 1;
  const { pre, post, dev } = parsed;
  const release = parsed.release.slice(0, last).map(number).join('');
  // A development release of no pre-release stands before all pre-releases; what is final, after them.
  const preKey = pre ? `${PRE[pre[0] ?? '']}${number(pre[1])}` : post === null && dev !== null ? '0' : 'z';
  const postKey = post ? `1${number(post[1])}` : '0';
  const devKey = dev ? `1${number(dev[1])}` : '2';
  const local = plus < 0 ? '' : `+${localKey(version.slice(version.indexOf('+') + 1))}`;
  return `${number(parsed.epoch)}${release}${END}${preKey}${postKey}${devKey}${local}`;
}

/**
 * Text that stands among other such texts where the version stands among versions: by PEP 440, and below all of those what is
 * none, by the old rule of setuptools. Equal versions (`1.0`, `v1.0.0`) have equal keys.
 * @param text a version as somebody wrote it
 * @returns null for text that is no version: empty, longer than 256 characters, or with control characters
 */
export function versionKey(text: string): string | null {
  const version = readableVersion(text);
  if (version === null) return null;
  const key = PLAIN.test(version) ? plainKey(version) : pep440Key(version);
  return key === null ? `${LEGACY}${legacyKey(version)}` : `${VALID}${key}`;
}

/** @returns whether the version is one by PEP 440 */
export function isPep440(text: string): boolean {
  return versionKey(text)?.startsWith(VALID) ?? false;
}

/** @returns key of the same version without its local segment; null when it has none */
export function publicKey(key: string): string | null {
  const plus = key.startsWith(VALID) ? key.indexOf('+') : -1;
  return plus < 0 ? null : key.slice(0, plus);
}

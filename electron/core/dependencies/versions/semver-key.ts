import { END, numberKey, readableVersion } from './encode.ts';

const SEMVER =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * Text that stands among other such texts where the version stands by Semantic Versioning 2.0.0, section 11: build metadata is
 * of no account, a pre-release stands before its release, numbers before words.
 * @returns null for text that is no such version
 */
export function semverKey(text: string): string | null {
  const match = SEMVER.exec(readableVersion(text) ?? '');
  if (match === null) return null;
  const release = [match[1], match[2], match[3]].map((part) => numberKey(part ?? '0')).join('');
  const pre = match[4];
  if (pre === undefined) return `${release}z`;
  const parts = pre.split('.').map((part) => (/^\d+$/.test(part) ? `1${numberKey(part)}` : `2${part}${END}`));
  return `${release}a${parts.join('')}`;
}

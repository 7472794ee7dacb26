/** Headers of a METADATA or PKG-INFO file that we use (core metadata specifications). */
export interface Metadata {
  /** Empty where it is not there. */
  name: string;
  version: string;
  requires: string[];
  licence: string | null;
}

const MAX_LINES = 4_096;
const MAX_REQUIRES = 512;
const MAX_VALUE = 1_024;
/** Licences whose whole text stands in the header say nothing after the first line that a person wants to read. */
const MAX_LICENCE = 256;

const USED = /^(Name|Version|Requires-Dist|License-Expression|License|Classifier):[ \t]*(.*)$/i;

/**
 * What a package says of its licence: License-Expression (PEP 639), else the first line of License, else the classifiers.
 * Words such as UNKNOWN are none.
 */
function licenceOf(expression: string, words: string, classifiers: readonly string[]): string | null {
  const said = [expression, words]
    .map((text) => text.trim())
    .find((text) => !/^(unknown|none|)$/i.test(text));
  if (said !== undefined && (expression !== '' || said.length <= 64)) return said.slice(0, MAX_LICENCE);
  const filed = classifiers.flatMap((text) => /^License :: (?:OSI Approved :: )?(.+)$/.exec(text)?.[1] ?? []);
  return [...new Set(filed)].join(', ').slice(0, MAX_LICENCE) || (said ?? '').slice(0, 64) || null;
}

/**
 * Reads the headers: they end with the first empty line, and the description behind it is nobody's header. Continuation lines
 * are left out: none of what is used has any but License, of which the first line will do.
 */
export function readMetadata(text: string): Metadata {
  const found = { name: '', version: '', licence: '', expression: '' };
  const requires: string[] = [];
  const classifiers: string[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let count = 0; at < text.length && count < MAX_LINES; count += 1) {
    const end = text.indexOf('\n', at);
    const line = text
      .slice(at, Math.min(end < 0 ? text.length : end, at + MAX_VALUE + 64))
      .replace(/\r$/, '');
    at = end < 0 ? text.length : end + 1;
    if (/^[ \t]*$/.test(line)) break;
    const match = USED.exec(line);
    if (match === null) continue;
    const value = (match[2] ?? '').trim().slice(0, MAX_VALUE);
    const header = (match[1] ?? '').toLowerCase();
    if (header === 'requires-dist') {
      if (value !== '' && requires.length < MAX_REQUIRES) requires.push(value);
    } else if (header === 'classifier') {
      if (value.startsWith('License ::') && classifiers.length < 16) classifiers.push(value);
    } else if (header === 'license-expression') found.expression ||= value;
    else if (header === 'license') found.licence ||= value;
    else if (header === 'name') found.name ||= value;
    else found.version ||= value;
  }
  return {
    name: found.name,
    version: found.version,
    requires,
    licence: licenceOf(found.expression, found.licence, classifiers),
  };
}

/** Words that the old rule took for others; `-` before a word of a pre-release is of no account. */
const SYNONYMS: Readonly<Record<string, string>> = {
  pre: 'c',
  preview: 'c',
  '-': 'final-',
  rc: 'c',
  dev: '@',
};

/**
 * The parts by which setuptools compared any text before PEP 440 (`pkg_resources.parse_version` up to 2014): runs of digits
 * filled to eight, words with a star before them, `*final` at the end. Compared part by part as text.
 * @param text any version
 */
export function legacyParts(text: string): string[] {
  const parts: string[] = [];
  const take = (part: string): void => {
    if (part.startsWith('*')) {
      if (part < '*final') while (parts.at(-1) === '*final-') parts.pop();
      while (parts.at(-1) === '00000000') parts.pop();
    }
    parts.push(part);
  };
  for (const found of text.toLowerCase().split(/(\d+|[a-z]+|\.|-)/)) {
    const part = Object.hasOwn(SYNONYMS, found) ? (SYNONYMS[found] ?? '') : found;
    if (part === '' || part === '.') continue;
    take(/^[0-9]/.test(part) ? part.padStart(8, '0') : `*${part}`);
  }
  take('*final');
  return parts;
}

/** @returns text in the order of `legacyParts`; the separator stands before every character that a version can have */
export function legacyKey(text: string): string {
  return legacyParts(text).join('\u0001');
}

/** Identifiers of the SPDX licence list that packages use; others are given by their words, which every reader takes. */
const KNOWN = new Set([
  '0BSD',
  'AFL-2.1',
  'AGPL-3.0-only',
  'AGPL-3.0-or-later',
  'Apache-2.0',
  'Artistic-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'EPL-2.0',
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'HPND',
  'ISC',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MIT-CMU',
  'MPL-2.0',
  'OFL-1.1',
  'PSF-2.0',
  'Python-2.0',
  'Python-2.0.1',
  'Unlicense',
  'WTFPL',
  'ZPL-2.1',
  'Zlib',
]);

/** `licenses` of a component: one SPDX expression alone, or one licence (CycloneDX 1.6, `licenseChoice`). */
export type LicenceChoice = [{ expression: string }] | [{ license: { id: string } | { name: string } }];

const EXPRESSION = /^[A-Za-z0-9.()+ -]{1,256}$/;

/** @returns what CycloneDX wants for what a package says of its licence; undefined when it says nothing */
export function licenceChoice(licence: string | null): LicenceChoice | undefined {
  const text = licence?.trim() ?? '';
  if (text === '') return undefined;
  if (KNOWN.has(text)) return [{ license: { id: text } }];
  const words = text.split(/[\s()]+/).filter(Boolean);
  const isExpression =
    EXPRESSION.test(text) &&
    words.some((word) => /^(AND|OR)$/.test(word)) &&
    words.every((word) => /^(AND|OR)$/.test(word) || KNOWN.has(word));
  return isExpression ? [{ expression: text }] : [{ license: { name: text } }];
}

import type { FindingStatus } from '#shared/domain/finding.ts';

const NUMBERS = [
  'none',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
];

/** @returns a small number as a word, as sentences have it; larger ones as digits */
export function numberWord(amount: number): string {
  return NUMBERS[amount] ?? amount.toLocaleString('en');
}

/**
 * How far the items are: "10 of 11 are fine, one is left", "All 11 are fine". What does not apply is said, never counted as fine.
 * @param items in any order; undefined where nobody looked
 */
export function progressInWords(items: readonly ({ status: FindingStatus } | undefined)[]): string {
  const all = items.length;
  const fine = items.filter((item) => item?.status === 'pass').length;
  const absent = items.filter((item) => item?.status === 'not-applicable').length;
  const accepted = items.filter((item) => item?.status === 'waived').length;
  const left = all - fine - absent - accepted;
  if (fine === all) return `All ${all} are fine`;
  if (absent === all) return `None of the ${all} applies here`;
  const head = `${fine} of ${all} ${fine === 1 ? 'is' : 'are'} fine`;
  const rest = [
    absent > 0 && `${numberWord(absent)} ${absent === 1 ? 'does' : 'do'} not apply`,
    accepted > 0 && `${numberWord(accepted)} accepted`,
    left > 0 && `${numberWord(left)} ${left === 1 ? 'is' : 'are'} left`,
  ].filter(Boolean);
  return [head, ...rest].join(', ');
}

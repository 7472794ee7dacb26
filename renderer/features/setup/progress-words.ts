import type { FindingStatus } from '#shared/domain/finding.ts';
import { capital, countWord } from '#shared/domain/words.ts';

/**
 * How far the items are: "Ten of eleven are fine, one is left", "All eleven are fine". What does not apply is said, never counted as fine.
 * @param items in any order; undefined where nobody looked
 */
export function progressInWords(items: readonly ({ status: FindingStatus } | undefined)[]): string {
  const all = items.length;
  const fine = items.filter((item) => item?.status === 'pass').length;
  const absent = items.filter((item) => item?.status === 'not-applicable').length;
  const accepted = items.filter((item) => item?.status === 'waived').length;
  const left = all - fine - absent - accepted;
  if (fine === all) return `All ${countWord(all)} are fine`;
  if (absent === all) return `None of the ${countWord(all)} applies here`;
  const head = `${fine === 0 ? 'None' : capital(countWord(fine))} of ${countWord(all)} ${fine < 2 ? 'is' : 'are'} fine`;
  const rest = [
    absent > 0 && `${countWord(absent)} ${absent === 1 ? 'does' : 'do'} not apply`,
    accepted > 0 && `${countWord(accepted)} accepted`,
    left > 0 && `${countWord(left)} ${left === 1 ? 'is' : 'are'} left`,
  ].filter(Boolean);
  return [head, ...rest].join(', ');
}

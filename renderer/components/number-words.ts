import { capital, countWord } from '#shared/domain/words.ts';

/** @returns a number at the start of a sentence: in letters up to twelve, then in figures */
export function numberInWords(amount: number): string {
  return amount > 999 ? amount.toLocaleString('en') : capital(countWord(amount));
}

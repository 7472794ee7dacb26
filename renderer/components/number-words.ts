const SMALL = [
  'No',
  'One',
  'Two',
  'Three',
  'Four',
  'Five',
  'Six',
  'Seven',
  'Eight',
  'Nine',
  'Ten',
  'Eleven',
  'Twelve',
] as const;

/** @returns a number at the start of a sentence: in letters up to twelve, then in figures */
export function numberInWords(amount: number): string {
  return SMALL[amount] ?? amount.toLocaleString('en');
}

const WORDS = [
  'no',
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
  'twelve',
];

/** @returns a count as prose has it: in words up to twelve, in figures above */
export function countWord(count: number): string {
  return WORDS[count] ?? count.toLocaleString('en');
}

/** @returns the text with its first letter as a capital */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @returns the text with a full stop, unless it ends with a sign of its own */
export function sentence(text: string): string {
  return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** @returns `one thing`, `two things`: a count with its noun */
export function counted(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${countWord(count)} ${count === 1 ? singular : plural}`;
}

/**
 * A list as prose has it: `a`, `a and b`, `a, b and c`; beyond `limit` items `a, b, c and 4 more nodes`.
 * @param more noun of what is left out, singular
 */
export function listed(items: readonly string[], limit: number, more: string): string {
  const left = items.length - limit;
  // One more name is shorter than "and one more node".
  const shown = left > 1 ? items.slice(0, limit) : [...items];
  if (left > 1) shown.push(`${countWord(left)} more ${more}s`);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

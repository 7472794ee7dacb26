/**
 * A whole number of any length as text that stands in the order of numbers: the count of digits, then the digits. Counts from
 * nine on take five characters, which is more than any version has.
 * @param digits decimal, leading zeros are of no account
 */
export function numberKey(digits: string): string {
  const plain = digits.startsWith('0') ? digits.replace(/^0+(?=\d)/, '') : digits;
  const length = plain.length;
  return length < 9 ? `${length}${plain}` : `9${String(length).padStart(4, '0')}${plain}`;
}

/** Stands before every other character of a key: what ends here comes before what goes on. */
export const END = '!';

/** Longest version that is read. Longer ones, and ones with control characters, are no versions. */
export const LONGEST_VERSION = 256;

/** @returns the version without white space around it, or null when it cannot be one */
export function readableVersion(text: string): string | null {
  const version = text.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return version === '' || version.length > LONGEST_VERSION || /[\u0000-\u001f\u007f]/.test(version)
    ? null
    : version;
}

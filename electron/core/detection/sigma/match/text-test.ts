import { plainText, type TextPart } from '../rule/expression.ts';
import { fold } from './fold.ts';
import { globMatcher } from './glob.ts';

const isMany = (part: TextPart | undefined): boolean => typeof part === 'object' && part.any === 'many';

/**
 * The quickest way to compare with a pattern.
 * @returns takes a text in the form in which it is compared: as it is when cased, else without case
 */
export function textMatcher(parts: readonly TextPart[], cased: boolean): (text: string) => boolean {
  const same = parts.map((part) => (typeof part === 'string' && !cased ? fold(part) : part));
  const openStart = isMany(same[0]);
  const openEnd = same.length > 1 && isMany(same.at(-1));
  const inner = plainText(same.slice(openStart ? 1 : 0, openEnd ? -1 : undefined));
  if (inner === null) return globMatcher(same);
  if (openStart && openEnd) return inner === '' ? () => true : (text) => text.includes(inner);
  if (openStart) return inner === '' ? () => true : (text) => text.endsWith(inner);
  if (openEnd) return inner === '' ? () => true : (text) => text.startsWith(inner);
  return (text) => text === inner;
}

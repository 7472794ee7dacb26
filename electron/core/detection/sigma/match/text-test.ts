import { plainText, type TextPart } from '../rule/expression.ts';
import { fold } from './fold.ts';
import { globMatcher } from './glob.ts';

const isMany = (part: TextPart | undefined): boolean => typeof part === 'object' && part.any === 'many';

/** What a pattern asks of a text, when it is no more than a piece at one place of it. */
interface PlainPattern {
  place: 'whole' | 'start' | 'end' | 'anywhere';
  piece: string;
}

function plainPattern(same: readonly TextPart[]): PlainPattern | null {
  const openStart = isMany(same[0]);
  const openEnd = same.length > 1 && isMany(same.at(-1));
  const piece = plainText(same.slice(openStart ? 1 : 0, openEnd ? -1 : undefined));
  if (piece === null) return null;
  if (openStart) return { place: openEnd ? 'anywhere' : 'end', piece };
  return { place: openEnd ? 'start' : 'whole', piece };
}

const asCompared = (parts: readonly TextPart[], cased: boolean): readonly TextPart[] =>
  parts.map((part) => (typeof part === 'string' && !cased ? fold(part) : part));

function matcherOf(same: readonly TextPart[]): (text: string) => boolean {
  const plain = plainPattern(same);
  if (plain === null) return globMatcher(same);
  const { place, piece } = plain;
  if (place === 'whole') return (text) => text === piece;
  if (piece === '') return () => true;
  if (place === 'anywhere') return (text) => text.includes(piece);
  return place === 'end' ? (text) => text.endsWith(piece) : (text) => text.startsWith(piece);
}

/**
 * The quickest way to compare with a pattern.
 * @returns takes a text in the form in which it is compared: as it is when cased, else without case
 */
export function textMatcher(parts: readonly TextPart[], cased: boolean): (text: string) => boolean {
  return matcherOf(asCompared(parts, cased));
}

/** Fewer endings are tried one by one. */
const MANY_ENDS = 3;

/**
 * The same for one of several patterns. Rules name many programs by the ends of their paths: of these only those are tried that end with
 * the same character as the text.
 */
export function anyTextMatcher(
  patterns: readonly (readonly TextPart[])[],
  cased: boolean,
): (text: string) => boolean {
  const ends = new Map<number, string[]>();
  const others: ((text: string) => boolean)[] = [];
  const all = patterns.map((parts) => asCompared(parts, cased));
  const isEnd = (same: readonly TextPart[]): boolean => {
    const plain = plainPattern(same);
    return plain?.place === 'end' && plain.piece !== '';
  };
  const grouped = all.filter(isEnd).length >= MANY_ENDS;
  for (const same of all) {
    const piece = grouped && isEnd(same) ? plainPattern(same)?.piece : undefined;
    if (piece === undefined) others.push(matcherOf(same));
    else {
      const last = piece.charCodeAt(piece.length - 1);
      ends.set(last, [...(ends.get(last) ?? []), piece]);
    }
  }
  const [only] = others;
  if (ends.size === 0 && others.length === 1 && only !== undefined) return only;
  return (text) => {
    if (ends.size > 0 && text !== '') {
      const alike = ends.get(text.charCodeAt(text.length - 1));
      if (alike !== undefined) for (const piece of alike) if (text.endsWith(piece)) return true;
    }
    for (const test of others) if (test(text)) return true;
    return false;
  };
}

import { CHECK_CATALOGUE } from './check-catalogue.ts';
import type { CheckId } from './check-id.ts';

/** A title in quotes, of either kind. */
const QUOTED = /"([^"]{1,64})"|“([^”]{1,64})”/g;

/**
 * The check whose title a sentence names in quotes: `First take the steps of "Its own account"`. Pages make a way there of it.
 * @param texts sentences, in their order
 * @returns the first that is named; null when none is
 */
export function namedCheck(texts: readonly string[]): CheckId | null {
  for (const text of texts) {
    for (const [, straight, curly] of text.matchAll(QUOTED)) {
      const found = CHECK_CATALOGUE.find(({ title }) => title === (straight ?? curly));
      if (found) return found.id;
    }
  }
  return null;
}

/** A piece of a sentence: plain words, or the title of a check that it names in quotes. */
export interface SentencePart {
  text: string;
  check: CheckId | null;
}

/** @returns the sentence in pieces, which put together are it again; quotes stay with the words around */
export function partsOfSentence(text: string): SentencePart[] {
  const parts: SentencePart[] = [];
  let from = 0;
  for (const match of text.matchAll(QUOTED)) {
    const title = match[1] ?? match[2] ?? '';
    const found = CHECK_CATALOGUE.find((entry) => entry.title === title);
    if (!found) continue;
    const at = match.index + 1;
    parts.push({ text: text.slice(from, at), check: null }, { text: title, check: found.id });
    from = at + title.length;
  }
  return [...parts, { text: text.slice(from), check: null }].filter((part) => part.text !== '');
}

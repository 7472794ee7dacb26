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

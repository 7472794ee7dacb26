import type { Query } from '#shared/domain/audit/query.ts';

/** Characters that JSON writes as they are, and that stand alone: no letter around them changes what they are in lower case. */
const AS_WRITTEN = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

/** More are not looked for: each costs a walk through the text. */
const MOST_NEEDLES = 4;

/**
 * What the stored text of every event that is meant has in it, in lower case: an event without one of them need not be read as JSON.
 * @returns nothing where nothing can be said
 */
export function needlesOf(query: Query): string[] {
  const found = new Set(piecesOf(query).filter((piece) => AS_WRITTEN.test(piece)));
  return [...found].sort((a, b) => b.length - a.length).slice(0, MOST_NEEDLES);
}

function piecesOf(query: Query): string[] {
  switch (query.kind) {
    case 'and':
      return query.of.flatMap(piecesOf);
    case 'text':
      return [query.text.toLowerCase()];
    case 'field':
      return query.pattern.flatMap((part) => (typeof part === 'string' ? [part.toLowerCase()] : []));
    default:
      return [];
  }
}

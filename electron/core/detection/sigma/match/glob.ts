import type { TextPart } from '../rule/expression.ts';
import { DASHES } from '../rule/text-value.ts';

/**
 * Compares texts with a pattern of several parts. Each stretch between two `*` is looked for once, from where the one before ended, so the
 * time is at most the product of the lengths of text and pattern.
 * @param parts texts in the form in which they are compared
 */
export function globMatcher(parts: readonly TextPart[]): (text: string) => boolean {
  const segments: { plain: string | null; pieces: readonly TextPart[]; length: number }[] = [];
  let pieces: TextPart[] = [];
  const close = () => {
    const length = pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 1), 0);
    const [only] = pieces;
    segments.push({ plain: pieces.length === 1 && typeof only === 'string' ? only : null, pieces, length });
    pieces = [];
  };
  for (const part of parts) {
    if (typeof part === 'object' && part.any === 'many') close();
    else pieces.push(part);
  }
  close();
  const head = segments[0];
  const tail = segments.at(-1);
  if (head === undefined || tail === undefined) return (text) => text === '';
  if (segments.length === 1) return (text) => text.length === head.length && matchesAt(text, 0, head.pieces);
  const middle = segments.slice(1, -1).filter(({ length }) => length > 0);
  const least = segments.reduce((sum, { length }) => sum + length, 0);
  return (text) => {
    if (text.length < least) return false;
    const end = text.length - tail.length;
    if (!matchesAt(text, 0, head.pieces) || !matchesAt(text, end, tail.pieces)) return false;
    let at = head.length;
    for (const segment of middle) {
      const found = segment.plain === null ? search(text, at, end, segment) : text.indexOf(segment.plain, at);
      if (found < 0 || found + segment.length > end) return false;
      at = found + segment.length;
    }
    return true;
  };
}

function search(
  text: string,
  from: number,
  end: number,
  segment: { pieces: readonly TextPart[]; length: number },
): number {
  for (let at = from; at + segment.length <= end; at += 1) if (matchesAt(text, at, segment.pieces)) return at;
  return -1;
}

function matchesAt(text: string, from: number, pieces: readonly TextPart[]): boolean {
  let at = from;
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      if (!text.startsWith(piece, at)) return false;
      at += piece.length;
    } else {
      if (at >= text.length) return false;
      if (piece.any === 'dash' && !DASHES.includes(text.charAt(at))) return false;
      at += 1;
    }
  }
  return true;
}

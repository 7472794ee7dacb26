import { fold } from '../match/fold.ts';
import type { RegexNode } from './syntax.ts';

const MOST_ALTERNATIVES = 64;

/** A set that is one character, or one letter in both cases; that character without case. */
function soleCharacter(node: RegexNode): string | null {
  if (node.kind !== 'set') return null;
  let only: string | null = null;
  for (let at = 0; at < node.set.length; at += 2) {
    const [from = 0, to = 0] = [node.set[at], node.set[at + 1]];
    if (to - from > 3) return null;
    for (let unit = from; unit <= to; unit += 1) {
      const character = fold(String.fromCharCode(unit));
      if (only !== null && only !== character) return null;
      only = character;
    }
  }
  return only;
}

/** The worth of alternatives: the shortest is what an event most likely has. */
const worth = (texts: readonly string[]): number =>
  Math.min(...texts.map((text) => text.length)) - texts.length / 16;

/**
 * Texts without case, at least one of which is in every text that the expression is found in.
 * @returns null when there are none that help
 */
export function requiredTexts(node: RegexNode): readonly string[] | null {
  switch (node.kind) {
    case 'set': {
      const character = soleCharacter(node);
      return character === null ? null : [character];
    }
    case 'alternatives': {
      const all: string[] = [];
      for (const part of node.of) {
        const texts = requiredTexts(part);
        if (texts === null || all.length + texts.length > MOST_ALTERNATIVES) return null;
        all.push(...texts);
      }
      return all;
    }
    case 'repeat':
      return node.min > 0 ? requiredTexts(node.of) : null;
    case 'sequence':
      return ofSequence(node.of);
    case 'assert':
    case 'look':
      return null;
  }
}

function ofSequence(parts: readonly RegexNode[]): readonly string[] | null {
  let best: readonly string[] | null = null;
  const offer = (texts: readonly string[] | null) => {
    if (texts?.every((text) => text !== '') && (best === null || worth(texts) > worth(best)))
      best = texts;
  };
  let run = '';
  for (const part of flattened(parts)) {
    const character = soleCharacter(part);
    if (character !== null) run += character;
    else if (part.kind !== 'assert') {
      if (run !== '') offer([run]);
      run = '';
      offer(requiredTexts(part));
    }
  }
  if (run !== '') offer([run]);
  return best;
}

function flattened(parts: readonly RegexNode[]): RegexNode[] {
  return parts.flatMap((part) => (part.kind === 'sequence' ? flattened(part.of) : [part]));
}

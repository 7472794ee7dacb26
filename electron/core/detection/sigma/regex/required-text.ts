import { fold } from '../match/fold.ts';
import type { RegexNode } from './syntax.ts';

const MOST_ALTERNATIVES = 64;
/** Texts that a short stretch may stand for while it is written out. */
const MOST_WRITTEN_OUT = 16;

/** All texts, without case, that a node stands for, when these are few; null when they are not. */
function writtenOut(node: RegexNode): readonly string[] | null {
  switch (node.kind) {
    case 'set': {
      const characters = new Set<string>();
      for (let at = 0; at < node.set.length; at += 2) {
        const [from = 0, to = 0] = [node.set[at], node.set[at + 1]];
        if (to - from > 2 * MOST_WRITTEN_OUT) return null;
        for (let unit = from; unit <= to; unit += 1) characters.add(fold(String.fromCharCode(unit)));
      }
      return characters.size <= MOST_WRITTEN_OUT ? [...characters] : null;
    }
    case 'alternatives': {
      const all = new Set<string>();
      for (const part of node.of) {
        const texts = writtenOut(part);
        if (texts === null) return null;
        for (const text of texts) all.add(text);
        if (all.size > MOST_WRITTEN_OUT) return null;
      }
      return [...all];
    }
    case 'sequence':
      return node.of.reduce<readonly string[] | null>(
        (before, part) => (before === null ? null : crossed(before, writtenOut(part))),
        [''],
      );
    case 'repeat': {
      const one = writtenOut(node.of);
      if (one === null || node.max > 4) return null;
      let all: readonly string[] | null = node.min === 0 ? [''] : [];
      let times: readonly string[] | null = [''];
      for (let count = 1; count <= node.max && all !== null; count += 1) {
        times = crossed(times, one);
        if (count >= node.min) all = times === null ? null : [...new Set([...all, ...times])];
      }
      return all !== null && all.length <= MOST_WRITTEN_OUT ? all : null;
    }
    case 'assert':
      return [''];
    case 'look':
      return null;
  }
}

function crossed(heads: readonly string[] | null, tails: readonly string[] | null): readonly string[] | null {
  if (heads === null || tails === null || heads.length * tails.length > MOST_WRITTEN_OUT) return null;
  return heads.flatMap((head) => tails.map((tail) => head + tail));
}

/** The worth of alternatives: the shortest is what an event most likely has. */
const worth = (texts: readonly string[]): number =>
  Math.min(...texts.map((text) => text.length)) - texts.length / 32;

/**
 * Texts without case, at least one of which is in every text that the expression is found in.
 * @returns null when there are none that help
 */
export function requiredTexts(node: RegexNode): readonly string[] | null {
  switch (node.kind) {
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
    case 'set':
    case 'sequence':
      return ofSequence(node.kind === 'set' ? [node] : node.of);
    case 'assert':
    case 'look':
      return null;
  }
}

/** The best stretch of parts that can be written out, or of what one of the other parts needs. */
function ofSequence(parts: readonly RegexNode[]): readonly string[] | null {
  let best: readonly string[] | null = null;
  const offer = (texts: readonly string[] | null) => {
    if (texts?.every((text) => text !== '') && (best === null || worth(texts) > worth(best))) best = texts;
  };
  let run: readonly string[] = [''];
  for (const part of flattened(parts)) {
    const texts = writtenOut(part);
    const longer = crossed(run, texts);
    if (longer !== null && longer.length > 0) run = longer;
    else {
      offer(run);
      run = texts === null || texts.length === 0 ? [''] : texts;
      if (texts === null && part.kind !== 'set') offer(requiredTexts(part));
    }
  }
  offer(run);
  return best;
}

function flattened(parts: readonly RegexNode[]): RegexNode[] {
  return parts.flatMap((part) => (part.kind === 'sequence' ? flattened(part.of) : [part]));
}

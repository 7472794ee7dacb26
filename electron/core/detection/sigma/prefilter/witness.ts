import { fold } from '../match/fold.ts';
import { requiredTexts } from '../regex/required-text.ts';
import { type Expression, plainText, type Test, type TextPart } from '../rule/expression.ts';

/** Stands for the raw text and all values of an event: where keywords are looked for. */
export const WHOLE_EVENT = '';

/** Something that an event must have before a rule can match: a text in a field, or as the whole of a field. Without case. */
export interface Witness {
  /** `WHOLE_EVENT`: anywhere. */
  field: string;
  whole: boolean;
  text: string;
}

/** Witnesses of which every match has at least one, and about how often events have one. */
export interface Necessary {
  witnesses: readonly Witness[];
  often: number;
}

const MOST_WITNESSES = 2_048;
/** Longer texts are cut to their most telling piece. */
const LONGEST = 10;

/** Fields that hold the same few values in most events. */
const COMMON_FIELDS = new Set([
  'Channel',
  'EventID',
  'EventType',
  'Initiated',
  'IntegrityLevel',
  'LogonType',
  'Protocol',
  'Provider_Name',
  'Status',
  'User',
  'action',
  'key',
  'nametype',
  'status',
  'type',
]);
const COMMON_TEXTS = [
  '/usr/local/bin/',
  '/usr/bin/',
  '/bin/',
  '.exe',
  ':\\windows\\system32\\',
  ':\\program files',
  'https://',
  '/tmp/',
  'microsoft',
];

function rarity(text: string): number {
  let bits = 0;
  for (const character of text)
    bits += /[a-z]/.test(character)
      ? 'etaoinsr'.includes(character)
        ? 0.6
        : 0.9
      : /[ /.\\-]/.test(character)
        ? 0.5
        : 1.1;
  return bits;
}

/** How many events of a thousand have it, roughly; above a thousand for what most events have several times. */
function oftenOf({ field, whole, text }: Witness): number {
  const places = whole ? 1 : field === WHOLE_EVENT ? 200 : 30;
  const often = 1_000 * places * 2 ** (-2.5 * rarity(text));
  if (COMMON_FIELDS.has(field)) return Math.max(often, 900);
  const isCommon = !whole && text.length > 2 && COMMON_TEXTS.some((common) => common.includes(text));
  return isCommon ? Math.max(often, 600) : Math.max(often, 0.001);
}

/** The piece of a text that is rarest, at most `LONGEST` characters. */
function mostTelling(text: string): string {
  if (text.length <= LONGEST) return text;
  let best = text.slice(0, LONGEST);
  for (let at = 1; at + LONGEST <= text.length; at += 1) {
    const piece = text.slice(at, at + LONGEST);
    if (rarity(piece) > rarity(best)) best = piece;
  }
  return best;
}

function ofText(field: string, parts: readonly TextPart[]): Witness | null {
  const plain = plainText(parts);
  if (plain !== null && field !== WHOLE_EVENT) return { field, whole: true, text: fold(plain) };
  let best: string | null = null;
  for (const part of parts)
    if (typeof part === 'string') {
      const piece = mostTelling(fold(part));
      if (best === null || rarity(piece) > rarity(best)) best = piece;
    }
  return best === null || best === '' ? null : { field, whole: false, text: best };
}

function ofTest(field: string, test: Test): readonly Witness[] | null {
  if (test.kind === 'text') {
    const witness = ofText(field, test.parts);
    return witness === null ? null : [witness];
  }
  if (test.kind !== 'regex') return null;
  const texts = requiredTexts(test.tree);
  return texts === null ? null : texts.map((text) => ({ field, whole: false, text: mostTelling(text) }));
}

/**
 * What an event must have for the expression to match; of several such conditions, the one that fewest events fulfil.
 * @returns null when nothing can be said, so that every event has to be looked at
 */
export function necessaryFor(
  expression: Expression,
  known = new Map<Expression, Necessary | null>(),
): Necessary | null {
  const made = known.get(expression);
  if (made !== undefined) return made;
  const necessary = workOut(expression, known);
  known.set(expression, necessary);
  return necessary;
}

function workOut(expression: Expression, known: Map<Expression, Necessary | null>): Necessary | null {
  switch (expression.kind) {
    case 'not':
      return null;
    case 'field':
    case 'keyword': {
      const field = expression.kind === 'field' ? expression.field : WHOLE_EVENT;
      const witnesses = ofTest(field, expression.test);
      if (witnesses === null) return null;
      return { witnesses, often: witnesses.reduce((sum, witness) => sum + oftenOf(witness), 0) };
    }
    case 'and': {
      let best: Necessary | null = null;
      for (const part of expression.of) {
        const one = necessaryFor(part, known);
        if (one !== null && (best === null || one.often < best.often)) best = one;
      }
      return best;
    }
    case 'or': {
      const witnesses: Witness[] = [];
      let often = 0;
      for (const part of expression.of) {
        const one = necessaryFor(part, known);
        if (one === null || witnesses.length + one.witnesses.length > MOST_WITNESSES) return null;
        witnesses.push(...one.witnesses);
        often += one.often;
      }
      return { witnesses, often };
    }
  }
}

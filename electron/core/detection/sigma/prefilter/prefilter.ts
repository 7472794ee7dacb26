import type { FieldValue } from '#shared/domain/audit/event.ts';
import type { Evaluation } from '../match/evaluation.ts';
import { fold } from '../match/fold.ts';
import { AhoCorasick } from './aho-corasick.ts';
import { type Necessary, WHOLE_EVENT } from './witness.ts';

/** Rules by the texts that they need. */
type RulesByText = Map<string, number[]>;

interface FieldFilter {
  field: string;
  /** Rules by the whole value, and how long these values are. */
  whole: ReadonlyMap<string, readonly number[]> | null;
  lengths: ReadonlySet<number>;
  /** Rules by a piece of the value; where there are keywords, by those too, so that each value is gone through once. */
  pieces: AhoCorasick | null;
}

/** Whether a keyword can be a part of a number or a boolean as they are written; if none is, these need not be gone through. */
function isLikeNumber(text: string): boolean {
  return /^[\d.e+-]+$/.test(text) || ['true', 'false', 'infinity', 'nan'].some((word) => word.includes(text));
}

function add(texts: RulesByText, text: string, rule: number): void {
  const sharing = texts.get(text);
  if (sharing === undefined) texts.set(text, [rule]);
  else if (sharing.at(-1) !== rule) sharing.push(rule);
}

function textsFor(kind: Map<string, RulesByText>, field: string): RulesByText {
  const texts = kind.get(field) ?? new Map<string, number[]>();
  kind.set(field, texts);
  return texts;
}

/** The one letter that becomes two in lower case (Unicode, SpecialCasing.txt); all other texts keep their length. */
const GROWS = '\u0130';

/** Picks those of the rules for one kind of log that an event may match; one that matches is always among them. */
export class Prefilter {
  readonly #fields: FieldFilter[] = [];
  readonly #byName = new Map<string, FieldFilter>();
  /** The names of the last event's fields in their order, and what looks at each: the next event mostly has the same. */
  readonly #lastNames: string[] = [];
  readonly #lastFilters: FieldFilter[] = [];
  /** Keywords; null when no rule has any. */
  readonly #anywhere: FieldFilter | null;
  readonly #numbersToo: boolean;
  readonly #always: readonly number[];
  readonly #marks: Int32Array;
  #mark = 0;
  readonly #candidates: number[] = [];
  readonly #take: (values: readonly number[]) => void;

  /**
   * @param rules numbers of rules
   * @param necessary what each rule needs, by its number; null: nothing is known, so it is always a candidate
   * @param count numbers of rules are below it
   */
  constructor(rules: readonly number[], necessary: readonly (Necessary | null)[], count: number) {
    this.#marks = new Int32Array(count);
    this.#always = rules.filter((rule) => necessary[rule] === null);
    const whole = new Map<string, RulesByText>();
    const pieces = new Map<string, RulesByText>();
    for (const rule of rules)
      for (const { field, text, whole: isWhole } of necessary[rule]?.witnesses ?? [])
        add(textsFor(isWhole ? whole : pieces, field), text, rule);
    const keywords = pieces.get(WHOLE_EVENT) ?? null;
    pieces.delete(WHOLE_EVENT);
    this.#anywhere =
      keywords === null
        ? null
        : { field: WHOLE_EVENT, whole: null, lengths: new Set(), pieces: new AhoCorasick(keywords) };
    this.#numbersToo = keywords !== null && [...keywords.keys()].some(isLikeNumber);
    for (const field of new Set([...whole.keys(), ...pieces.keys()])) {
      const texts = pieces.get(field) ?? new Map<string, number[]>();
      for (const [text, sharing] of keywords ?? []) for (const rule of sharing) add(texts, text, rule);
      const automaton = texts.size === 0 ? null : new AhoCorasick(texts);
      const values = whole.get(field) ?? null;
      const lengths = new Set([...(values?.keys() ?? [])].map((value) => value.length));
      const filter = { field, whole: values, lengths, pieces: automaton };
      this.#fields.push(filter);
      this.#byName.set(field, filter);
    }
    this.#take = (values) => {
      for (const rule of values) {
        if (this.#marks[rule] === this.#mark) continue;
        this.#marks[rule] = this.#mark;
        this.#candidates.push(rule);
      }
    };
  }

  /** Numbers of the candidates, each once, in no order; good until the next call. */
  candidates(evaluation: Evaluation): readonly number[] {
    this.#mark += 1;
    this.#candidates.length = 0;
    for (const rule of this.#always) this.#candidates.push(rule);
    const { fields } = evaluation;
    if (this.#anywhere === null) {
      for (const filter of this.#fields) {
        const held = fields[filter.field];
        if (typeof held === 'string') this.#look(filter, held);
        else if (held !== undefined) this.#lookAt(filter, held);
      }
      return this.#candidates;
    }
    const anywhere = this.#anywhere;
    if (evaluation.raw !== '') this.#look(anywhere, evaluation.raw);
    let place = 0;
    for (const name in fields) {
      const held = fields[name];
      let filter = this.#lastNames[place] === name ? this.#lastFilters[place] : undefined;
      if (filter === undefined) {
        filter = this.#byName.get(name) ?? anywhere;
        this.#lastNames[place] = name;
        this.#lastFilters[place] = filter;
      }
      place += 1;
      if (typeof held === 'string') this.#look(filter, held);
      else if (held !== undefined && (filter !== anywhere || this.#numbersToo || typeof held === 'object'))
        this.#lookAt(filter, held);
    }
    return this.#candidates;
  }

  #look(filter: FieldFilter, text: string): void {
    if (filter.whole !== null && (filter.lengths.has(text.length) || text.includes(GROWS))) {
      const rules = filter.whole.get(fold(text));
      if (rules !== undefined) this.#take(rules);
    }
    if (filter.pieces !== null) filter.pieces.scan(text, this.#take);
  }

  /** Anything but one text. What a prototype has under the name of a field is none of them. */
  #lookAt(filter: FieldFilter, held: FieldValue | readonly FieldValue[]): void {
    if (typeof held === 'number' || typeof held === 'boolean') this.#look(filter, String(held));
    else if (Array.isArray(held))
      for (const value of held) if (value !== null) this.#look(filter, String(value));
  }
}

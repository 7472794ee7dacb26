import type { FieldValue } from '#shared/domain/audit/event.ts';
import type { Evaluation } from '../match/evaluation.ts';
import { fold } from '../match/fold.ts';
import { AhoCorasick } from './aho-corasick.ts';
import { type Necessary, WHOLE_EVENT } from './witness.ts';

interface FieldFilter {
  field: string;
  /** Rules by the whole value. */
  whole: ReadonlyMap<string, readonly number[]> | null;
  /** Rules by a piece of the value. */
  pieces: AhoCorasick | null;
}

/** Picks those of the rules for one kind of log that an event may match; one that matches is always among them. */
export class Prefilter {
  readonly #fields: FieldFilter[] = [];
  #anywhere: AhoCorasick | null = null;
  readonly #always: readonly number[];
  readonly #marks: Int32Array;
  #mark = 0;
  #candidates: number[] = [];
  readonly #take: (values: readonly number[]) => void;

  /**
   * @param rules numbers of rules
   * @param necessary what each rule needs, by its number; null: nothing is known, so it is always a candidate
   * @param count numbers of rules are below it
   */
  constructor(rules: readonly number[], necessary: readonly (Necessary | null)[], count: number) {
    this.#marks = new Int32Array(count);
    this.#always = rules.filter((rule) => necessary[rule] === null);
    const whole = new Map<string, Map<string, number[]>>();
    const pieces = new Map<string, Map<string, number[]>>();
    for (const rule of rules)
      for (const witness of necessary[rule]?.witnesses ?? []) {
        const kind = witness.whole ? whole : pieces;
        const texts = kind.get(witness.field) ?? new Map<string, number[]>();
        kind.set(witness.field, texts);
        const sharing = texts.get(witness.text);
        if (sharing === undefined) texts.set(witness.text, [rule]);
        else if (sharing.at(-1) !== rule) sharing.push(rule);
      }
    for (const field of new Set([...whole.keys(), ...pieces.keys()])) {
      const texts = pieces.get(field);
      const automaton = texts === undefined ? null : new AhoCorasick(texts);
      if (field === WHOLE_EVENT) this.#anywhere = automaton;
      else this.#fields.push({ field, whole: whole.get(field) ?? null, pieces: automaton });
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
    this.#candidates = this.#always.slice();
    const { fields } = evaluation;
    for (const filter of this.#fields) {
      const held = fields[filter.field];
      if (typeof held === 'string') this.#look(filter, held);
      else if (typeof held === 'number' || typeof held === 'boolean') this.#look(filter, String(held));
      else if (Array.isArray(held)) this.#lookAtList(filter, held);
    }
    if (this.#anywhere !== null) for (const text of evaluation.texts()) this.#anywhere.scan(text, this.#take);
    return this.#candidates;
  }

  #look(filter: FieldFilter, text: string): void {
    if (filter.whole !== null) {
      const rules = filter.whole.get(fold(text));
      if (rules !== undefined) this.#take(rules);
    }
    if (filter.pieces !== null) filter.pieces.scan(text, this.#take);
  }

  #lookAtList(filter: FieldFilter, list: readonly FieldValue[]): void {
    for (const value of list) if (value !== null) this.#look(filter, String(value));
  }
}

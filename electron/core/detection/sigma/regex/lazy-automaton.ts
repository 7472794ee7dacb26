import { includes, rangesOf, WORD } from './char-set.ts';
import type { RegexProgram } from './program.ts';
import type { Assertion } from './syntax.ts';

/** States that are kept; when there are more, all are forgotten and found again as they are needed. */
const MOST_STATES = 1_000;
const NOT_YET = -1;
const MATCHED = -2;
const ENDED = -3;

/** What stands on one side of a place between characters, as far as assertions ask. */
const EDGE = 0;
const LINE_FEED = 1;
const WORD_UNIT = 2;
const OTHER = 3;

interface State {
  /** Places of the program that wait for the next character; what needs none of it is found when that is known. */
  places: readonly number[];
  /** What the last character was. */
  before: number;
}

/**
 * Runs a program over a text in one pass: the set of all places that it can be in is one state of an automaton, whose moves are found when
 * they are first needed and kept. The time is the length of the text times at most the length of the program, whatever
 * the expression is: it has no backtracking.
 */
export class LazyAutomaton {
  readonly #program: RegexProgram;
  readonly #ascii = new Uint16Array(128);
  /** Where each class of characters above 127 begins, and which class it is. */
  readonly #above: number[] = [];
  readonly #kinds: number[] = [];
  /** For each instruction with a set, which classes are in it. */
  readonly #members = new Map<number, Uint8Array>();
  readonly #end: number;
  readonly #width: number;
  #states: State[] = [];
  /** For each state a row with the next one for each class of characters. A state is called by where its row begins. */
  #moves: Int32Array;
  #byKey = new Map<string, number>();
  /** The state before the first character; -1 when it has to be found again. */
  #first = -1;

  constructor(program: RegexProgram) {
    this.#program = program;
    const cuts = new Set([0, 10, 11, 128]);
    for (const [from, to] of rangesOf(WORD)) cuts.add(from).add(to + 1);
    for (const step of program.code)
      if (step.kind === 'set') for (const [from, to] of rangesOf(step.set)) cuts.add(from).add(to + 1);
    const starts = [...cuts].sort((a, b) => a - b);
    // Characters between the same cuts are alike; those alike in every set share a class.
    const classes = new Map<string, number>();
    const samples: number[] = [];
    const classAt = starts.map((start) => {
      const kind = start === 10 ? LINE_FEED : includes(WORD, start) ? WORD_UNIT : OTHER;
      let key = String(kind);
      for (const step of program.code) if (step.kind === 'set') key += includes(step.set, start) ? '1' : '0';
      let found = classes.get(key);
      if (found === undefined) {
        found = samples.push(start) - 1;
        this.#kinds.push(kind);
        classes.set(key, found);
      }
      return found;
    });
    starts.forEach((start, index) => {
      const end = starts[index + 1] ?? 0x10000;
      for (let unit = start; unit < Math.min(end, 128); unit += 1) this.#ascii[unit] = classAt[index] ?? 0;
      if (start >= 128) this.#above.push(start, classAt[index] ?? 0);
    });
    program.code.forEach((step, place) => {
      if (step.kind === 'set')
        this.#members.set(
          place,
          Uint8Array.from(samples, (unit) => (includes(step.set, unit) ? 1 : 0)),
        );
    });
    this.#end = samples.length;
    this.#width = samples.length + 2;
    this.#moves = new Int32Array(16 * this.#width).fill(NOT_YET);
  }

  /** Whether the expression is found anywhere in the text. */
  test(text: string): boolean {
    if (this.#first < 0) this.#first = this.#state([this.#program.start], EDGE);
    const ascii = this.#ascii;
    const last = text.length - 1;
    let state = this.#first;
    for (let at = 0; at <= last; at += 1) {
      const unit = text.charCodeAt(at);
      let symbol = unit < 128 ? (ascii[unit] as number) : this.#classAbove(unit);
      // PCRE's `$` also holds before a line feed that is the last character, so that one is told apart.
      if (at === last && unit === 10) symbol = this.#end + 1;
      let next = this.#moves[state + symbol] as number;
      if (next < 0) {
        if (next === NOT_YET) next = this.#move(state, symbol);
        if (next === MATCHED) return true;
      }
      state = next;
    }
    const ended = this.#moves[state + this.#end] as number;
    return (ended === NOT_YET ? this.#move(state, this.#end) : ended) === MATCHED;
  }

  #classAbove(unit: number): number {
    let low = 0;
    let high = this.#above.length / 2 - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#above[2 * middle] ?? 0) <= unit) low = middle;
      else high = middle - 1;
    }
    return this.#above[2 * low + 1] ?? 0;
  }

  #state(places: readonly number[], before: number): number {
    const key = `${before}:${places.join(',')}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= MOST_STATES) {
      this.#states = [];
      this.#byKey.clear();
      this.#first = -1;
      this.#moves.fill(NOT_YET);
    }
    const row = (this.#states.push({ places, before }) - 1) * this.#width;
    if (row === this.#moves.length) {
      const moves = new Int32Array(2 * row).fill(NOT_YET);
      moves.set(this.#moves);
      this.#moves = moves;
    }
    this.#byKey.set(key, row);
    return row;
  }

  /** The state behind one more character; `end` is the end of the text, `end + 1` a line feed that is its last character. */
  #move(from: number, symbol: number): number {
    const state = this.#states[from / this.#width];
    if (state === undefined) return NOT_YET;
    const lastLineFeed = symbol === this.#end + 1;
    const after = symbol === this.#end ? EDGE : lastLineFeed ? LINE_FEED : (this.#kinds[symbol] ?? OTHER);
    const reached = this.#closure(state.places, state.before, after, lastLineFeed);
    if (reached === null) {
      this.#moves[from + symbol] = MATCHED;
      return MATCHED;
    }
    if (symbol === this.#end) {
      this.#moves[from + symbol] = ENDED;
      return ENDED;
    }
    const column = lastLineFeed ? (this.#ascii[10] ?? 0) : symbol;
    const places = new Set<number>();
    for (const place of reached) {
      const step = this.#program.code[place];
      if (step?.kind === 'set' && this.#members.get(place)?.[column] === 1) places.add(step.next);
    }
    // A match may begin behind any character.
    places.add(this.#program.start);
    const next = this.#state(
      [...places].sort((a, b) => a - b),
      after,
    );
    // When all were forgotten meanwhile, the row is another state's.
    if (this.#states[from / this.#width] === state) this.#moves[from + symbol] = next;
    return next;
  }

  /** Places that wait for a character, with all that can be reached without one; null when the end of the program is among them. */
  #closure(places: readonly number[], before: number, after: number, last: boolean): number[] | null {
    const seen = new Set<number>();
    const waiting: number[] = [];
    const open = [...places];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (seen.has(place)) continue;
      seen.add(place);
      const step = this.#program.code[place];
      if (step === undefined) continue;
      if (step.kind === 'match') return null;
      if (step.kind === 'set') waiting.push(place);
      else if (step.kind === 'split') open.push(...step.to);
      else if (step.kind === 'assert' && holds(step.assertion, before, after, last)) open.push(step.next);
    }
    return waiting;
  }
}

function holds(assertion: Assertion, before: number, after: number, last: boolean): boolean {
  switch (assertion) {
    case 'start':
      return before === EDGE;
    case 'line-start':
      return before === EDGE || before === LINE_FEED;
    case 'very-end':
      return after === EDGE;
    case 'end':
      return after === EDGE || last;
    case 'line-end':
      return after === EDGE || after === LINE_FEED;
    case 'boundary':
      return (before === WORD_UNIT) !== (after === WORD_UNIT);
    case 'no-boundary':
      return (before === WORD_UNIT) === (after === WORD_UNIT);
  }
}

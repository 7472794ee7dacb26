import { includes, WORD } from './char-set.ts';
import type { Instruction, RegexProgram } from './program.ts';
import type { Assertion } from './syntax.ts';

type Look = Instruction & { kind: 'look' };

/**
 * Runs a program that looks around. What a look says is worked out for all places of the text in one pass before the program itself is
 * run: backwards for what is ahead, forwards for what is behind. So the time is the product of both lengths, whatever the expression is.
 */
export function testLookingAround(program: RegexProgram, text: string): boolean {
  return new Run(text).forwards(program, null);
}

class Run {
  readonly #text: string;
  readonly #looks = new Map<Look, Uint8Array>();

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * All places of the program at once, beginning anew at every character.
   * @param ends takes at which places of the text the program can end; null: stop at the first, which is the answer
   */
  forwards(program: RegexProgram, ends: Uint8Array | null): boolean {
    this.#prepare(program);
    const { code, start } = program;
    const seen = new Int32Array(code.length).fill(-1);
    let present: number[] = [];
    for (let at = 0; at <= this.#text.length; at += 1) {
      const unit = this.#text.charCodeAt(at);
      const next: number[] = [];
      const open = [...present, start];
      for (let place = open.pop(); place !== undefined; place = open.pop()) {
        if (seen[place] === at) continue;
        seen[place] = at;
        const step = code[place];
        if (step === undefined) continue;
        if (step.kind === 'split') open.push(...step.to);
        else if (step.kind === 'set') {
          if (at < this.#text.length && includes(step.set, unit)) next.push(step.next);
        } else if (step.kind === 'match') {
          if (ends === null) return true;
          ends[at] = 1;
        } else if (this.#passes(step, at)) open.push(step.next);
      }
      present = next;
    }
    return false;
  }

  /** At which places of the text the program can begin and come to its end. */
  #backwards(program: RegexProgram): Uint8Array {
    this.#prepare(program);
    const { code, start } = program;
    const from: number[][] = code.map(() => []);
    code.forEach((step, place) => {
      if (step.kind === 'split') for (const to of step.to) from[to]?.push(place);
      else if (step.kind === 'assert' || step.kind === 'look') from[step.next]?.push(place);
    });
    const begins = new Uint8Array(this.#text.length + 1);
    let after = new Uint8Array(code.length);
    for (let at = this.#text.length; at >= 0; at -= 1) {
      const unit = this.#text.charCodeAt(at);
      const here = new Uint8Array(code.length);
      const open: number[] = [];
      code.forEach((step, place) => {
        if (step.kind === 'match') open.push(place);
        if (
          step.kind === 'set' &&
          at < this.#text.length &&
          after[step.next] === 1 &&
          includes(step.set, unit)
        )
          open.push(place);
      });
      for (let place = open.pop(); place !== undefined; place = open.pop()) {
        if (here[place] === 1) continue;
        here[place] = 1;
        for (const before of from[place] ?? []) {
          const step = code[before];
          if (step?.kind === 'split' || (step !== undefined && this.#passes(step, at))) open.push(before);
        }
      }
      begins[at] = here[start] ?? 0;
      after = here;
    }
    return begins;
  }

  #prepare(program: RegexProgram): void {
    for (const step of program.code) {
      if (step.kind !== 'look' || this.#looks.has(step)) continue;
      if (step.behind) {
        const ends = new Uint8Array(this.#text.length + 1);
        this.forwards(step.program, ends);
        this.#looks.set(step, ends);
      } else this.#looks.set(step, this.#backwards(step.program));
    }
  }

  #passes(step: Instruction, at: number): boolean {
    if (step.kind === 'look') return (this.#looks.get(step)?.[at] === 1) !== step.negated;
    return step.kind === 'assert' && this.#holds(step.assertion, at);
  }

  #holds(assertion: Assertion, at: number): boolean {
    const text = this.#text;
    const isWord = (index: number) =>
      index >= 0 && index < text.length && includes(WORD, text.charCodeAt(index));
    switch (assertion) {
      case 'start':
        return at === 0;
      case 'line-start':
        return at === 0 || text.charCodeAt(at - 1) === 10;
      case 'very-end':
        return at === text.length;
      case 'end':
        return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 10);
      case 'line-end':
        return at === text.length || text.charCodeAt(at) === 10;
      case 'boundary':
        return isWord(at - 1) !== isWord(at);
      case 'no-boundary':
        return isWord(at - 1) === isWord(at);
    }
  }
}

import { LIMITS } from '../limits.ts';
import { fault, quoted } from '../rule/fault.ts';
import { ANY, anyCase, type CharSet, complement, NEWLINE, POSIX, single, union } from './char-set.ts';
import { CLASS_LETTERS, readEscape } from './escapes.ts';

/** A place between two characters that is asked about. `end` is the end, or before a last line feed, as in PCRE. */
export type Assertion = 'start' | 'end' | 'very-end' | 'line-start' | 'line-end' | 'boundary' | 'no-boundary';

/** A regular expression, read. Flags are worked in; whether a quantifier is greedy makes no difference to yes or no. */
export type RegexNode =
  | { kind: 'set'; set: CharSet }
  | { kind: 'sequence' | 'alternatives'; of: readonly RegexNode[] }
  /** `max` is Infinity for an open end. */
  | { kind: 'repeat'; of: RegexNode; min: number; max: number }
  | { kind: 'assert'; assertion: Assertion }
  | { kind: 'look'; behind: boolean; negated: boolean; of: RegexNode };

export interface RegexFlags {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
}

const MAX_NESTING = 100;

/**
 * Reads a regular expression in the flavour that Sigma names (modifiers appendix 2.1: PCRE with wildcards, anchors, quantifiers,
 * classes, groups, alternation), and what public rules use besides: `\d \w \s \b`, escapes, POSIX classes, inline flags, groups
 * without capture or with a name, look-around. Characters are UTF-16 code units.
 * @throws RuleFault for what is no expression, and for back references, atomic groups and possessive quantifiers
 */
export function parseRegex(source: string, flags: RegexFlags): RegexNode {
  if (source.length > LIMITS.regexLength)
    fault(`a regular expression has ${source.length} characters; at most ${LIMITS.regexLength} are read`);
  return new Parser(source, flags).whole();
}

class Parser {
  readonly #source: string;
  #flags: RegexFlags;
  #at = 0;
  #depth = 0;

  constructor(source: string, flags: RegexFlags) {
    this.#source = source;
    this.#flags = { ...flags };
  }

  whole(): RegexNode {
    const node = this.#alternatives();
    if (this.#at < this.#source.length) this.#fail('a bracket closes that was not opened');
    return node;
  }

  #fail(why: string): never {
    return fault(`the regular expression ${quoted(this.#source)} is not valid: ${why}`);
  }

  #looksAt(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #alternatives(): RegexNode {
    this.#depth += 1;
    if (this.#depth > MAX_NESTING) this.#fail(`nested more than ${MAX_NESTING} levels deep`);
    const outer = this.#flags;
    const of = [this.#sequence()];
    while (this.#looksAt('|')) {
      this.#at += 1;
      of.push(this.#sequence());
    }
    this.#flags = outer;
    this.#depth -= 1;
    return of.length === 1 && of[0] ? of[0] : { kind: 'alternatives', of };
  }

  #sequence(): RegexNode {
    const of: RegexNode[] = [];
    while (this.#at < this.#source.length && !this.#looksAt('|') && !this.#looksAt(')')) {
      const atom = this.#atom();
      if (atom !== null) of.push(this.#quantified(atom));
    }
    return of.length === 1 && of[0] ? of[0] : { kind: 'sequence', of };
  }

  #quantified(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      const bounds = this.#quantifier();
      if (bounds === null) return node;
      const [min, max] = bounds;
      if (max < min) this.#fail('a repeat has its bounds the wrong way round');
      if (this.#looksAt('+')) this.#fail('possessive quantifiers are not supported');
      if (this.#looksAt('?')) this.#at += 1;
      node = { kind: 'repeat', of: node, min, max };
    }
  }

  #quantifier(): readonly [number, number] | null {
    const character = this.#source.charAt(this.#at);
    if (character === '*' || character === '+' || character === '?') {
      this.#at += 1;
      if (character === '?') return [0, 1];
      return [character === '+' ? 1 : 0, Number.POSITIVE_INFINITY];
    }
    if (character !== '{') return null;
    const match = /^\{(\d{0,6})(,?)(\d{0,6})\}/.exec(this.#source.slice(this.#at, this.#at + 20));
    // A brace that is no repeat is a plain character, as in PCRE and Python.
    if (match === null || (match[1] === '' && match[3] === '')) return null;
    this.#at += match[0].length;
    const min = match[1] === '' ? 0 : Number(match[1]);
    if (match[2] === '') return [min, min];
    return [min, match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])];
  }

  #set(set: CharSet): RegexNode {
    return { kind: 'set', set: this.#flags.ignoreCase ? anyCase(set) : set };
  }

  #atom(): RegexNode | null {
    const character = this.#source.charAt(this.#at);
    if (character === '(') return this.#group();
    if (character === '[') return this.#set(this.#brackets());
    this.#at += 1;
    if (character === '.') return { kind: 'set', set: this.#flags.dotAll ? ANY : complement(NEWLINE) };
    if (character === '^')
      return { kind: 'assert', assertion: this.#flags.multiline ? 'line-start' : 'start' };
    if (character === '$') return { kind: 'assert', assertion: this.#flags.multiline ? 'line-end' : 'end' };
    if (character === '\\') return this.#escape();
    if (character === '*' || character === '+' || character === '?')
      this.#fail(`there is nothing for ${character} to repeat`);
    return this.#set(single(character.charCodeAt(0)));
  }

  #escape(): RegexNode | null {
    const letter = this.#source.charAt(this.#at);
    const assertions: Readonly<Record<string, Assertion>> = {
      A: 'start',
      Z: 'end',
      z: 'very-end',
      b: 'boundary',
      B: 'no-boundary',
    };
    const assertion = assertions[letter];
    if (assertion !== undefined) {
      this.#at += 1;
      return { kind: 'assert', assertion };
    }
    if (letter === 'Q') return this.#literal();
    if (letter === 'E') {
      this.#at += 1;
      return null;
    }
    return this.#set(this.#escaped(false));
  }

  /** `\Q…\E`: plain text. */
  #literal(): RegexNode {
    const end = this.#source.indexOf('\\E', this.#at);
    const text = this.#source.slice(this.#at + 1, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#source.length : end + 2;
    return { kind: 'sequence', of: [...text.split('')].map((unit) => this.#set(single(unit.charCodeAt(0)))) };
  }

  #escaped(inBrackets: boolean): CharSet {
    const read = readEscape(this.#source, this.#at, inBrackets);
    if ('why' in read) return this.#fail(read.why);
    this.#at = read.next;
    return read.set;
  }

  #brackets(): CharSet {
    this.#at += 1;
    const negated = this.#looksAt('^');
    if (negated) this.#at += 1;
    const sets: CharSet[] = [];
    for (let first = true; first || !this.#looksAt(']'); first = false) {
      if (this.#at >= this.#source.length) this.#fail('a class is not closed');
      sets.push(this.#range());
    }
    this.#at += 1;
    const set = union(...sets);
    // Case first: what `[^a]` leaves out under `i` is `A` too.
    return negated ? complement(this.#flags.ignoreCase ? anyCase(set) : set) : set;
  }

  #range(): CharSet {
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (posix !== null) {
      const known = posix[2] ?? '';
      const named =
        (Object.hasOwn(POSIX, known) ? POSIX[known] : undefined) ??
        this.#fail(`there is no class ${posix[0]}`);
      this.#at += posix[0].length;
      return posix[1] === '^' ? complement(named) : named;
    }
    const isClass = this.#isClassEscape();
    const from = this.#member();
    if (isClass || !this.#looksAt('-') || this.#source.charAt(this.#at + 1) === ']') return from;
    this.#at += 1;
    if (this.#isClassEscape()) return union(from, single(45), this.#member());
    const to = this.#member();
    const [low = 0, high = 0] = [from[0], to[0]];
    if (high < low) this.#fail('a range of a class is the wrong way round');
    return [low, high];
  }

  #isClassEscape(): boolean {
    return this.#looksAt('\\') && CLASS_LETTERS.includes(this.#source.charAt(this.#at + 1));
  }

  #member(): CharSet {
    if (this.#at >= this.#source.length) this.#fail('a class is not closed');
    const unit = this.#source.charCodeAt(this.#at);
    this.#at += 1;
    return unit === 92 ? this.#escaped(true) : single(unit);
  }

  #group(): RegexNode | null {
    this.#at += 1;
    if (!this.#looksAt('?')) return this.#closed(this.#alternatives());
    if (this.#looksAt('?>')) this.#fail('atomic groups are not supported');
    for (const [opening, behind, negated] of [
      ['?=', false, false],
      ['?!', false, true],
      ['?<=', true, false],
      ['?<!', true, true],
    ] as const)
      if (this.#looksAt(opening)) {
        this.#at += opening.length;
        return this.#closed({ kind: 'look', behind, negated, of: this.#alternatives() });
      }
    const named = /^\?(?:P?<\w+>|'\w+'|:)/.exec(this.#source.slice(this.#at, this.#at + 64));
    if (named !== null) {
      this.#at += named[0].length;
      return this.#closed(this.#alternatives());
    }
    if (this.#looksAt('?#')) {
      while (this.#at < this.#source.length && !this.#looksAt(')')) this.#at += 1;
      return this.#closed(null);
    }
    return this.#inlineFlags();
  }

  #closed<T>(node: T): T {
    if (!this.#looksAt(')')) this.#fail('a group is not closed');
    this.#at += 1;
    return node;
  }

  /** `(?i)` for the rest of the group, `(?i:…)` for one group. */
  #inlineFlags(): RegexNode | null {
    const match = /^\?([ims]*)(?:-([ims]+))?([:)])/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (match === null) return this.#fail('a group begins with something that is not supported');
    const flags = { ...this.#flags };
    for (const [letters, value] of [
      [match[1] ?? '', true],
      [match[2] ?? '', false],
    ] as const) {
      if (letters.includes('i')) flags.ignoreCase = value;
      if (letters.includes('m')) flags.multiline = value;
      if (letters.includes('s')) flags.dotAll = value;
    }
    this.#at += match[0].length;
    if (match[3] === ')') {
      this.#flags = flags;
      return null;
    }
    const outer = this.#flags;
    this.#flags = flags;
    const node = this.#alternatives();
    this.#flags = outer;
    return this.#closed(node);
  }
}

/** Compares names with patterns, at most so many steps in all: a file made to keep us busy ends instead. */
export class PatternMatcher {
  #steps: number;

  /** @param steps comparisons of one character with one of a pattern; a usual file needs thousands */
  constructor(steps = 20_000_000) {
    this.#steps = steps;
  }

  /** True when all steps were used up: answers since then are "no". */
  get spent(): boolean {
    return this.#steps <= 0;
  }

  /**
   * Whether a pattern of ssh_config(5), PATTERNS, covers a name: `*` is any number of characters, `?` is one.
   * Time is bounded by the product of both lengths, for only the last `*` is ever tried again.
   */
  matches(name: string, pattern: string): boolean {
    let at = 0;
    let inPattern = 0;
    let star = -1;
    let resume = 0;
    while (at < name.length) {
      this.#steps -= 1;
      if (this.#steps <= 0) return false;
      const sign = pattern[inPattern];
      if (sign === '*') {
        star = inPattern;
        resume = at;
        inPattern += 1;
      } else if (sign === '?' || (sign !== undefined && sign === name[at])) {
        at += 1;
        inPattern += 1;
      } else if (star >= 0) {
        resume += 1;
        at = resume;
        inPattern = star + 1;
      } else return false;
    }
    while (pattern[inPattern] === '*') inPattern += 1;
    return inPattern === pattern.length;
  }

  /** Whether a `Host` line counts for a name: one pattern covers it, and none with `!` before it does. */
  matchesLine(name: string, patterns: readonly string[]): boolean {
    let covered = false;
    for (const pattern of patterns) {
      if (!pattern.startsWith('!')) covered ||= this.matches(name, pattern);
      else if (this.matches(name, pattern.slice(1))) return false;
    }
    return covered;
  }
}

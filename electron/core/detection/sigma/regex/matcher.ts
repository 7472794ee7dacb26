import { LazyAutomaton } from './lazy-automaton.ts';
import { testLookingAround } from './look-around.ts';
import type { RegexProgram } from './program.ts';

/** @returns whether an expression is found in a text; made once for each expression, keeps what it found out about it */
export function regexMatcher(program: RegexProgram): (text: string) => boolean {
  if (program.looks) return (text) => testLookingAround(program, text);
  const automaton = new LazyAutomaton(program);
  return (text) => automaton.test(text);
}

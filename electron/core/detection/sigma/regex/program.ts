import { LIMITS } from '../limits.ts';
import { fault } from '../rule/fault.ts';
import type { CharSet } from './char-set.ts';
import type { Assertion, RegexNode } from './syntax.ts';

/** One step of a machine that is in many places at once (K. Thompson, 1968). Numbers are places of the program. */
export type Instruction =
  | { kind: 'set'; set: CharSet; next: number }
  | { kind: 'split'; to: readonly number[] }
  | { kind: 'assert'; assertion: Assertion; next: number }
  | { kind: 'look'; behind: boolean; negated: boolean; program: RegexProgram; next: number }
  | { kind: 'match' };

export interface RegexProgram {
  code: readonly Instruction[];
  start: number;
  /** Whether it looks around, which a machine without memory of places cannot do. */
  looks: boolean;
}

/**
 * Writes a regular expression out as a program, counted repeats as often as they count.
 * @throws RuleFault when it becomes too large
 */
export function compileRegex(tree: RegexNode): RegexProgram {
  const code: Instruction[] = [];
  let looks = false;
  const budget = { left: LIMITS.regexProgram };

  function put(instruction: Instruction): number {
    budget.left -= 1;
    if (budget.left < 0)
      fault(
        `a regular expression is too large: more than ${LIMITS.regexProgram} steps when it is written out`,
      );
    code.push(instruction);
    return code.length - 1;
  }

  /** Puts a node before the place `next`, and says where it begins. Written from the end, so that every next is known. */
  function emit(node: RegexNode, next: number): number {
    switch (node.kind) {
      case 'set':
        return put({ kind: 'set', set: node.set, next });
      case 'sequence':
        return node.of.reduceRight((after, part) => emit(part, after), next);
      case 'alternatives':
        return put({ kind: 'split', to: node.of.map((part) => emit(part, next)) });
      case 'assert':
        return put({ kind: 'assert', assertion: node.assertion, next });
      case 'look': {
        looks = true;
        const program = compileRegex(node.of);
        budget.left -= program.code.length;
        return put({ kind: 'look', behind: node.behind, negated: node.negated, program, next });
      }
      case 'repeat':
        return repeat(node.of, node.min, node.max, next);
    }
  }

  function repeat(of: RegexNode, min: number, max: number, next: number): number {
    let place = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop = put({ kind: 'split', to: [] });
      code[loop] = { kind: 'split', to: [emit(of, loop), next] };
      place = loop;
    } else
      for (let count = min; count < max; count += 1)
        place = put({ kind: 'split', to: [emit(of, place), next] });
    for (let count = 0; count < min; count += 1) place = emit(of, place);
    return place;
  }

  const start = emit(tree, put({ kind: 'match' }));
  return { code, start, looks };
}

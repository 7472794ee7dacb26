import { LIMITS } from '../limits.ts';
import { type Expression, joined } from './expression.ts';
import { fault, quoted } from './fault.ts';

const TOKEN = /\s*(?:([()])|([^\s()|]+)|(\|))/y;

/** Reads the words and brackets of a condition. */
function tokensOf(text: string): string[] {
  if (text.length > LIMITS.conditionLength)
    fault(`the condition has ${text.length} characters; at most ${LIMITS.conditionLength} are read`);
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(text);
    if (match === null) return fault(`the condition ${quoted(text)} cannot be read`);
    if (match[3] !== undefined)
      fault('aggregations behind a pipe are no part of Sigma 2 conditions; a correlation rule says the same');
    tokens.push(match[1] ?? match[2] ?? '');
  }
  return tokens;
}

/** What the words of a condition stand for. */
export interface Operands<T> {
  /** A single name; null when there is none of this name. */
  named(name: string): T | null;
  /** `1 of` (or `any of`) and `all of` a pattern or `them`; null where these are not allowed. */
  quantified: ((quantifier: 'any' | 'all', pattern: string) => T) | null;
  join(kind: 'and' | 'or', of: readonly T[]): T;
  negate(of: T): T;
}

/**
 * Reads a condition (Sigma rules specification, "Condition"): `or` binds least, then `and`, `not`, `x of`, brackets.
 * @throws RuleFault for anything that is no condition, names something that is not there, or is too large
 */
export function readCondition<T>(text: string, operands: Operands<T>): T {
  const tokens = tokensOf(text);
  let at = 0;
  let count = 0;
  let depth = 0;
  const is = (word: string) => tokens[at]?.toLowerCase() === word;

  function either(kind: 'or' | 'and', inner: () => T): T {
    const of = [inner()];
    while (is(kind)) {
      at += 1;
      of.push(inner());
    }
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : operands.join(kind, of);
  }
  const or = (): T => either('or', and);
  const and = (): T => either('and', not);

  function not(): T {
    if (!is('not')) return primary();
    at += 1;
    return deeper(() => operands.negate(not()));
  }

  function deeper(inner: () => T): T {
    depth += 1;
    if (depth > LIMITS.conditionDepth)
      fault(`the condition is nested more than ${LIMITS.conditionDepth} levels deep`);
    const value = inner();
    depth -= 1;
    return value;
  }

  function primary(): T {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return fault('the condition ends where a name is awaited');
    if (token === '(') {
      const inner = deeper(or);
      if (tokens[at] !== ')') fault('a bracket of the condition is not closed');
      at += 1;
      return inner;
    }
    if (token === ')' || is('of') === false) return single(token);
    return quantified(token);
  }

  function counted(): void {
    count += 1;
    if (count > LIMITS.conditionOperands)
      fault(`the condition has more than ${LIMITS.conditionOperands} operands`);
  }

  function single(token: string): T {
    counted();
    if (token === ')' || ['and', 'or', 'not', 'of'].includes(token.toLowerCase()))
      fault(`the condition has ${quoted(token)} where a name is awaited`);
    return operands.named(token) ?? fault(`the condition names ${quoted(token)}, which is not there`);
  }

  function quantified(quantifier: string): T {
    counted();
    at += 1;
    const pattern = tokens[at];
    at += 1;
    if (operands.quantified === null) return fault('"of" is not allowed here');
    if (pattern === undefined || pattern === '(' || pattern === ')')
      return fault('a name or pattern is awaited behind "of"');
    const word = quantifier.toLowerCase();
    if (word !== '1' && word !== 'any' && word !== 'all')
      return fault(`${quoted(`${quantifier} of`)} is not known: 1 of, any of and all of are`);
    return operands.quantified(word === 'all' ? 'all' : 'any', pattern);
  }

  const whole = or();
  if (at < tokens.length) fault(`the condition goes on with ${quoted(tokens[at] ?? '')} where it should end`);
  return whole;
}

/** Whether a search identifier fits a pattern in which `*` stands for any characters. */
function fits(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  const [head = '', ...rest] = pieces;
  if (rest.length === 0) return name === pattern;
  const tail = rest.pop() ?? '';
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let at = head.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - tail.length) return false;
    at = found + piece.length;
  }
  return true;
}

/**
 * Reads the condition of a rule over its search identifiers. Those that begin with `_` are left out of `them` and of patterns
 * that do not begin so themselves.
 */
export function conditionExpression(text: string, selections: ReadonlyMap<string, Expression>): Expression {
  return readCondition<Expression>(text, {
    named: (name) => selections.get(name) ?? null,
    quantified: (quantifier, pattern) => {
      const names = [...selections.keys()].filter(
        (name) =>
          (pattern.toLowerCase() === 'them' || fits(pattern, name)) &&
          (!name.startsWith('_') || pattern.startsWith('_')),
      );
      if (names.length === 0) fault(`no search identifier fits ${quoted(pattern)} of the condition`);
      return joined(
        quantifier === 'all' ? 'and' : 'or',
        names.flatMap((name) => selections.get(name) ?? []),
      );
    },
    join: joined,
    negate: (of) => ({ kind: 'not', of }),
  });
}

import { addressBytes, inNetwork } from '#core/checks/lan.ts';
import type { FieldValue } from '#shared/domain/audit/event.ts';
import { regexMatcher } from '../regex/matcher.ts';
import type { Expression, Test } from '../rule/expression.ts';
import type { Evaluation } from './evaluation.ts';
import { fieldOf } from './event.ts';
import { fold } from './fold.ts';
import { anyTextMatcher, textMatcher } from './text-test.ts';
import { compares, numberOf, textOf, timePart } from './values.ts';

/** An expression, ready to be asked. */
export type Matcher = (evaluation: Evaluation) => boolean;

type FieldTest = Extract<Expression, { kind: 'field' }>;
type TextTest = Extract<Test, { kind: 'text' }>;

/** Makes matchers. Fields get their numbers from it, so one compiler is for all rules that look at the same evaluations. */
export class Compiler {
  readonly #slots = new Map<string, number>();
  /** Expressions that are met several times, in a rule or in several, are made once. */
  readonly #made = new Map<Expression, Matcher>();

  compile(expression: Expression): Matcher {
    const made = this.#made.get(expression);
    if (made !== undefined) return made;
    const matcher = this.#make(expression);
    this.#made.set(expression, matcher);
    return matcher;
  }

  #slot(field: string): number {
    const known = this.#slots.get(field);
    if (known !== undefined) return known;
    this.#slots.set(field, this.#slots.size);
    return this.#slots.size - 1;
  }

  #make(expression: Expression): Matcher {
    switch (expression.kind) {
      case 'not': {
        const inner = this.compile(expression.of);
        return (evaluation) => !inner(evaluation);
      }
      case 'and': {
        const of = expression.of.map((part) => this.compile(part));
        return (evaluation) => {
          for (const part of of) if (!part(evaluation)) return false;
          return true;
        };
      }
      case 'or': {
        const same = textsOfOneField(expression.of);
        if (same !== null) return this.#anyText(same.field, same.tests);
        const of = expression.of.map((part) => this.compile(part));
        return (evaluation) => {
          for (const part of of) if (part(evaluation)) return true;
          return false;
        };
      }
      case 'keyword':
        return keywordMatcher(expression.test);
      case 'field':
        return this.#fieldMatcher(expression.field, expression.test);
    }
  }

  #fieldMatcher(field: string, test: Test): Matcher {
    switch (test.kind) {
      case 'exists':
        return ({ fields }) => Object.hasOwn(fields, field) === test.present;
      case 'null':
        return ({ fields }) => {
          const held = fieldOf(fields, field);
          return (
            held === undefined ||
            held === null ||
            (Array.isArray(held) && (held.length === 0 || held.includes(null)))
          );
        };
      case 'text':
        return this.#anyText(field, [test]);
      case 'field':
        return fieldReference(field, test);
      default: {
        const matches = valueMatcher(test);
        return ({ fields }) => anyValue(fieldOf(fields, field), matches);
      }
    }
  }

  /** One of several texts in one field: the value is fetched and made caseless once. */
  #anyText(field: string, tests: readonly TextTest[]): Matcher {
    const slot = this.#slot(field);
    const matcherFor = (cased: boolean) => {
      const own = tests.filter((test) => test.cased === cased).map(({ parts }) => parts);
      return own.length === 0 ? null : anyTextMatcher(own, cased);
    };
    const folded = matcherFor(false);
    const cased = matcherFor(true);
    const matches = (text: string, lower: string): boolean =>
      folded?.(lower) === true || cased?.(text) === true;
    return (evaluation) => {
      const held = fieldOf(evaluation.fields, field);
      if (typeof held === 'string') return matches(held, evaluation.folded(slot, held));
      return anyValue(held, (value) => {
        const text = textOf(value);
        return text !== null && matches(text, fold(text));
      });
    };
  }
}

function textsOfOneField(of: readonly Expression[]): { field: string; tests: TextTest[] } | null {
  const [first] = of;
  if (first?.kind !== 'field') return null;
  const own = of.filter(
    (part): part is FieldTest & { test: TextTest } =>
      part.kind === 'field' && part.field === first.field && part.test.kind === 'text',
  );
  return own.length === of.length ? { field: first.field, tests: own.map(({ test }) => test) } : null;
}

function anyValue(
  held: FieldValue | readonly FieldValue[] | undefined,
  matches: (value: FieldValue) => boolean,
): boolean {
  if (held === undefined) return false;
  return Array.isArray(held) ? held.some(matches) : matches(held as FieldValue);
}

function valueMatcher(
  test: Extract<Test, { kind: 'regex' | 'cidr' | 'compare' }>,
): (value: FieldValue) => boolean {
  switch (test.kind) {
    case 'regex': {
      const found = regexMatcher(test.program);
      return (value) => {
        const text = textOf(value);
        return text !== null && found(text);
      };
    }
    case 'cidr':
      return (value) => {
        const address = typeof value === 'string' && value.length <= 64 ? addressBytes(value) : null;
        return address !== null && inNetwork(address, test.network, test.prefix);
      };
    case 'compare':
      return (value) => {
        const number = test.of === null ? numberOf(value) : timePart(value, test.of);
        return number !== null && compares(number, test.comparison, test.value);
      };
  }
}

function fieldReference(field: string, test: Extract<Test, { kind: 'field' }>): Matcher {
  const { openStart, openEnd, cased } = test;
  const holds = (text: string, other: string): boolean => {
    if (openStart && openEnd) return text.includes(other);
    if (openStart) return text.endsWith(other);
    return openEnd ? text.startsWith(other) : text === other;
  };
  const same = (value: FieldValue): string | null => {
    const text = textOf(value);
    return text === null || cased ? text : fold(text);
  };
  return ({ fields }) =>
    anyValue(fieldOf(fields, field), (value) => {
      const text = same(value);
      if (text === null) return false;
      return anyValue(fieldOf(fields, test.field), (held) => {
        const other = same(held);
        return other !== null && holds(text, other);
      });
    });
}

function keywordMatcher(test: Test): Matcher {
  if (test.kind === 'text') {
    const matches = textMatcher(test.parts, test.cased);
    return (evaluation) => (test.cased ? evaluation.texts() : evaluation.foldedTexts()).some(matches);
  }
  if (test.kind === 'regex' || test.kind === 'cidr' || test.kind === 'compare') {
    const matches = valueMatcher(test);
    return (evaluation) => evaluation.texts().some(matches);
  }
  return () => false;
}

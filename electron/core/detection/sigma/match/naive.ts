import { addressBytes, inNetwork } from '#core/checks/lan.ts';
import type { FieldValue } from '#shared/domain/audit/event.ts';
import { testLookingAround } from '../regex/look-around.ts';
import type { Expression, Test, TextPart } from '../rule/expression.ts';
import { DASHES } from '../rule/text-value.ts';
import { fieldOf, isList, type SigmaEvent } from './event.ts';
import { fold } from './fold.ts';
import { compares, numberOf, textOf, timePart } from './values.ts';

/**
 * Says whether an event is what an expression asks for, straight as the specification has it: no order is chosen, nothing is kept, nothing
 * is left out. The slow twin that the engine is held to, and shares as little with it as can be.
 */
export function matchesNaively(expression: Expression, event: SigmaEvent): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.of.every((part) => matchesNaively(part, event));
    case 'or':
      return expression.of.some((part) => matchesNaively(part, event));
    case 'not':
      return !matchesNaively(expression.of, event);
    case 'keyword':
      return keywordTexts(event).some((text) => valueMatches(expression.test, text, event));
    case 'field':
      return fieldMatches(expression.field, expression.test, event);
  }
}

function keywordTexts(event: SigmaEvent): FieldValue[] {
  return [event.raw, ...Object.values(event.fields).flat()];
}

function fieldMatches(field: string, test: Test, event: SigmaEvent): boolean {
  const held = fieldOf(event.fields, field);
  if (test.kind === 'exists') return (held !== undefined) === test.present;
  const values = held === undefined ? [] : isList(held) ? held : [held];
  if (test.kind === 'null') return values.length === 0 || values.some((value) => value === null);
  return values.some((value) => valueMatches(test, value, event));
}

function valueMatches(test: Test, value: FieldValue, event: SigmaEvent): boolean {
  const text = textOf(value);
  if (text === null) return false;
  switch (test.kind) {
    case 'text':
      return patternOf(test.parts, test.cased).test(test.cased ? text : fold(text));
    case 'regex':
      return testLookingAround(test.program, text);
    case 'cidr': {
      const address = addressBytes(text);
      return address !== null && inNetwork(address, test.network, test.prefix);
    }
    case 'compare': {
      const number = test.of === null ? numberOf(value) : timePart(value, test.of);
      return number !== null && compares(number, test.comparison, test.value);
    }
    case 'field': {
      const held = fieldOf(event.fields, test.field);
      const others = held === undefined ? [] : isList(held) ? held : [held];
      return others.some((other) => {
        const plain = textOf(other);
        if (plain === null) return false;
        const parts: TextPart[] = [plain];
        if (test.openStart) parts.unshift({ any: 'many' });
        if (test.openEnd) parts.push({ any: 'many' });
        return patternOf(parts, test.cased).test(test.cased ? text : fold(text));
      });
    }
    case 'exists':
    case 'null':
      return false;
  }
}

const ANY_OF = { many: '[^]*', one: '[^]', dash: `[${DASHES.replace(/[-/]/g, '\\$&')}]` } as const;

/** The same pattern as a native regular expression. */
function patternOf(parts: readonly TextPart[], cased: boolean): RegExp {
  const source = parts.map((part) =>
    typeof part === 'string'
      ? (cased ? part : fold(part)).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
      : ANY_OF[part.any],
  );
  return new RegExp(`^${source.join('')}$`);
}

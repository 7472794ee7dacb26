import type { FieldValue } from './event.ts';
import { type QueriedEvent, someText, valuesOf, valueText } from './event-values.ts';
import type { PatternPart, Query } from './query.ts';
import { readMoment } from './query-time.ts';

/** Whether an event is meant. */
export type Matcher = (event: QueriedEvent) => boolean;

/**
 * Makes a query ready to be asked of one event after the other. This is what a query means; whatever finds events faster is
 * held to it.
 * @param now milliseconds since 1970 UTC, for relative times
 */
export function matcherOf(query: Query, now: number): Matcher {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const all = query.of.map((part) => matcherOf(part, now));
      return (event) => all.every((part) => part(event));
    }
    case 'or': {
      const any = query.of.map((part) => matcherOf(part, now));
      return (event) => any.some((part) => part(event));
    }
    case 'not': {
      const inner = matcherOf(query.of, now);
      return (event) => !inner(event);
    }
    case 'text': {
      const wanted = query.text.toLowerCase();
      return (event) => someText(event, (text) => text.toLowerCase().includes(wanted));
    }
    case 'field': {
      const name = query.field.toLowerCase();
      const fits = patternTest(query.pattern);
      return (event) => valuesOf(event, name).some((value) => fits(valueText(value)));
    }
    case 'range': {
      const name = query.field.toLowerCase();
      if (name === 'at') {
        const [from, to] = timeRange(query, now);
        return (event) => event.at >= from && event.at < to;
      }
      const inside = rangeTest(query);
      return (event) => valuesOf(event, name).some(inside);
    }
    case 'since': {
      const from = now - query.agoMs;
      return (event) => event.at >= from;
    }
    case 'has': {
      const name = query.field.toLowerCase();
      if (name === 'at') return () => true;
      return (event) => valuesOf(event, name).length > 0;
    }
  }
}

/**
 * The times of a range of `at`.
 * @returns first millisecond that is in it, and first that is not any more; a time that cannot be read is in no range
 */
export function timeRange(
  { from, fromIncluded, to, toIncluded }: Extract<Query, { kind: 'range' }>,
  now: number,
): [number, number] {
  const first = from === null ? null : readMoment(from, now);
  const last = to === null ? null : readMoment(to, now);
  if ((from !== null && first === null) || (to !== null && last === null)) return [0, 0];
  return [
    first === null ? -Infinity : fromIncluded ? first.from : first.to,
    last === null ? Infinity : toIncluded ? last.to : last.from,
  ];
}

/** Numbers are compared as numbers when value and end are ones, else texts as they are ordered, in any case. */
function rangeTest(range: Extract<Query, { kind: 'range' }>): (value: FieldValue) => boolean {
  const { fromIncluded, toIncluded } = range;
  const from = endOf(range.from);
  const to = endOf(range.to);
  return (value) => {
    const text = valueText(value).toLowerCase();
    const number = numberOf(text);
    const above = from === null ? 1 : compare(text, number, from);
    const below = to === null ? -1 : compare(text, number, to);
    return (above > 0 || (above === 0 && fromIncluded)) && (below < 0 || (below === 0 && toIncluded));
  };
}

interface End {
  text: string;
  number: number | null;
}

const endOf = (text: string | null): End | null =>
  text === null ? null : { text: text.toLowerCase(), number: numberOf(text.toLowerCase()) };

function compare(text: string, number: number | null, end: End): number {
  if (number !== null && end.number !== null) return number - end.number;
  return text < end.text ? -1 : text > end.text ? 1 : 0;
}

function numberOf(text: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/.test(text) ? Number(text) : null;
}

/** @returns a test of whole texts in any case; linear in the text for each piece of the pattern, never more */
export function patternTest(pattern: readonly PatternPart[]): (text: string) => boolean {
  const parts = pattern.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return (text) => text.toLowerCase() === only;
  // One place for each character that must be there; `*` is remembered to come back to.
  const steps = parts.flatMap((part) => (typeof part === 'string' ? part.split('') : [part.any]));
  return (given) => {
    const text = given.toLowerCase();
    let [at, step, star, from] = [0, 0, -1, 0];
    while (at < text.length) {
      const wanted = steps[step];
      if (wanted === 'many') [star, from, step] = [step, at, step + 1];
      else if (wanted === 'one' || wanted === text[at]) [at, step] = [at + 1, step + 1];
      else if (star >= 0) {
        from += 1;
        [at, step] = [from, star + 1];
      } else return false;
    }
    while (steps[step] === 'many') step += 1;
    return step === steps.length;
  };
}

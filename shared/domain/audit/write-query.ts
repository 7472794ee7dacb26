import type { PatternPart, Query } from './query.ts';
import { writeAgo } from './query-time.ts';

/**
 * Writes a query so that reading it gives the same one again.
 * @param query as `readQuery` gives it
 */
export function writeQuery(query: Query): string {
  return query.kind === 'all' ? '' : written(query);
}

/** @returns `field:"value"` as it is added to a query when a person clicks a value */
export function writeFieldEquals(field: string, value: string): string {
  return `${nameOf(field)}:${quoted(value)}`;
}

function written(query: Query): string {
  switch (query.kind) {
    case 'all':
      return '*';
    case 'and':
      return query.of.map(inside).join(' AND ');
    case 'or':
      return query.of.map(inside).join(' OR ');
    case 'not':
      return `NOT ${inside(query.of)}`;
    case 'text':
      return query.phrase ? quoted(query.text) : word(query.text);
    case 'field':
      return `${nameOf(query.field)}:${patternOf(query.pattern)}`;
    case 'range':
      return rangeOf(query);
    case 'since':
      return `at:${writeAgo(query.agoMs)}`;
    case 'has':
      return `has:${quoted(query.field)}`;
  }
}

function inside(query: Query): string {
  return query.kind === 'and' || query.kind === 'or' ? `(${written(query)})` : written(query);
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

function word(text: string): string {
  const escaped = text.replaceAll(/[\s"\\():*?]/g, '\\$&');
  return /^(-|AND|OR|NOT)/.test(text) ? `\\${escaped}` : escaped;
}

/** `has` and `at` mean something of their own unless they are quoted; `at` always means the time. */
function nameOf(field: string): string {
  return /^[\w.@/-]+$/.test(field) && !/^(-|has$)/i.test(field) && !/^(AND|OR|NOT)$/.test(field)
    ? field
    : quoted(field);
}

function patternOf(parts: readonly PatternPart[]): string {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return quoted(only);
  return parts
    .map((part) =>
      typeof part !== 'string'
        ? part.any === 'many'
          ? '*'
          : '?'
        : part.replaceAll(/[\s"\\()*?<>[{]/g, '\\$&'),
    )
    .join('');
}

function rangeOf({ field, from, fromIncluded, to, toIncluded }: Extract<Query, { kind: 'range' }>): string {
  const open = fromIncluded ? '[' : '{';
  const close = toIncluded ? ']' : '}';
  return `${nameOf(field)}:${open}${from === null ? '*' : quoted(from)} TO ${to === null ? '*' : quoted(to)}${close}`;
}

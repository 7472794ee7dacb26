import { quoteValue } from './query-text.ts';

/** What is being written at the caret: a field's name, or a value of a field. */
export interface Completion {
  /** The field of which a value is written; null while a name is. */
  field: string | null;
  /** The beginning that is there already. */
  begins: string;
  /** Where in the text that stands which the completion replaces. */
  from: number;
  to: number;
}

/** One line of the list. */
export interface Option {
  /** What stands in the query when it is taken. */
  text: string;
  words: string;
  note: string;
  /** Nothing is missing after it. */
  finished: boolean;
}

const MOST = 9;

/**
 * What the caret stands in.
 * @param caret in UTF-16 units from the start
 * @returns null inside quotes, and after words that no field begins with
 */
export function completionAt(text: string, caret: number): Completion | null {
  const before = text.slice(0, caret);
  const from = Math.max(before.lastIndexOf(' '), before.lastIndexOf('(')) + 1;
  const word = before.slice(from);
  const after = /^[^\s()]*/.exec(text.slice(caret))?.[0] ?? '';
  if (word.includes('"')) return null;
  const start = word.startsWith('-') ? from + 1 : from;
  const bare = text.slice(start, caret);
  const colon = bare.indexOf(':');
  const to = caret + after.length;
  if (colon < 0) {
    return /^[\w.@/-]*$/.test(bare) ? { field: null, begins: bare, from: start, to } : null;
  }
  const field = bare.slice(0, colon);
  const begins = bare.slice(colon + 1);
  if (field === 'has') return { field: null, begins, from: start + colon + 1, to };
  if (/^[<>[{]/.test(begins)) return null;
  return { field, begins, from: start + colon + 1, to };
}

/** @param found what the records hold, most frequent first @param own names that every event has */
export function optionsFor(
  completion: Completion,
  found: readonly string[],
  own: readonly string[],
): Option[] {
  const begins = completion.begins.toLowerCase();
  if (completion.field === null) {
    // Nothing typed yet: a person who does not know the language sees what can be asked.
    const names = [...new Set([...(begins === '' ? FIRST : own), ...found])];
    return names
      .filter((name) => name.toLowerCase().startsWith(begins) && name.toLowerCase() !== begins)
      .slice(0, MOST)
      .map((name) => ({ text: `${name}:`, words: `${name}:`, note: NOTES[name] ?? '', finished: false }));
  }
  const times = completion.field === 'at' ? TIMES.filter(({ text }) => text.startsWith(begins)) : [];
  const values = found
    .filter((value) => value.toLowerCase().startsWith(begins))
    .map((value) => ({ text: quoteValue(value), words: value, note: '', finished: true }));
  return [...times, ...values].slice(0, MOST);
}

const FIRST = ['node', 'category', 'service', 'severity', 'source', 'at', 'has'];

const NOTES: Readonly<Record<string, string>> = {
  node: 'which machine',
  source: 'which log',
  category: 'what kind of thing happened',
  service: 'what wrote it',
  severity: 'how the log ranks it',
  at: 'when: -15m, 2026-11-22',
  has: 'events that have a field',
  message: 'what the log says',
  raw: 'the line as it was',
  group: 'lines of one happening',
  number: 'number of the event',
};

const TIMES: readonly Option[] = [
  { text: '-15m', words: '-15m', note: 'since a quarter of an hour', finished: true },
  { text: '-1h', words: '-1h', note: 'since an hour', finished: true },
  { text: '-1d', words: '-1d', note: 'since a day', finished: true },
  { text: '-1w', words: '-1w', note: 'since a week', finished: true },
];

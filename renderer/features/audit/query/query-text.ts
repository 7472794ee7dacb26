import { writeFieldEquals } from '#shared/domain/audit/write-query.ts';

/** A top-level condition `field:value` of a query, or several of one field joined by OR. */
export interface Chip {
  field: string;
  /** As they stand in the query, with their quotes. */
  values: readonly string[];
  not: boolean;
}

/** A query taken apart for the field: conditions that are drawn as chips, and the text that is typed. */
export interface SplitQuery {
  chips: readonly Chip[];
  rest: string;
}

const FIELD = /^[A-Za-z_@][\w.@/-]*$/;
const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Takes a query apart. Only what is joined by AND becomes chips: with an OR at the top everything stays text, so that
 * no condition changes its meaning by being moved.
 * @param text of the query language
 */
export function splitQuery(text: string): SplitQuery {
  const units = unitsOf(text);
  if (units === null || units.includes('OR')) return { chips: [], rest: text };
  const chips: Chip[] = [];
  const rest: string[] = [];
  let not = false;
  let needsAnd = false;
  for (const unit of units) {
    if (unit === 'NOT') {
      not = !not;
      continue;
    }
    if (unit === 'AND') {
      needsAnd = rest.length > 0;
      continue;
    }
    const chip = chipOf(unit);
    if (chip) chips.push({ ...chip, not });
    else rest.push(`${needsAnd ? 'AND ' : ''}${not ? 'NOT ' : ''}${unit}`);
    not = false;
    needsAnd = false;
  }
  // A NOT that still waits for what follows it is being typed.
  if (not) rest.push('NOT');
  return { chips, rest: rest.join(' ') };
}

/** Puts a query together again; {@link splitQuery} of the result is the same. */
export function joinQuery({ chips, rest }: SplitQuery): string {
  const words = chips.map(({ field, values, not }) => {
    const terms = values.map((value) => `${field}:${value}`);
    return `${not ? 'NOT ' : ''}${terms.length === 1 ? terms[0] : `(${terms.join(' OR ')})`}`;
  });
  const typed = rest.trim();
  // Beside chips an OR would reach further than it was meant to.
  const alone = words.length === 0 || !unitsOf(typed)?.includes('OR');
  return [...words, alone ? typed : `(${typed})`].filter(Boolean).join(' ');
}

/** @returns a value as it has to stand in a query so that it means exactly itself */
export function quoteValue(value: string): string {
  if (/^[\w./@+=,%-]+$/.test(value) && !/^(AND|OR|NOT)$/.test(value) && !/^[-<>=]/.test(value)) return value;
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** @returns a value of a query as it is read: without its quotes and escapes */
export function plainValue(value: string): string {
  const quoted = /^"(.*)"$/s.exec(value)?.[1];
  return quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1');
}

/**
 * A query with one more condition. Of a field that is asked for already another value is added beside it (`or`); the same
 * value again takes it away, so that a click on a value is undone by a second one.
 * @param text of the query language
 * @param value as the event has it
 * @param not what is to be left out
 */
export function toggleValue(text: string, field: string, value: string, not = false): string {
  const split = splitQuery(text);
  if (!FIELD.test(field) || /^(has|at)$/i.test(field)) {
    const condition = `${not ? 'NOT ' : ''}${writeFieldEquals(field, value)}`;
    return joinQuery({ chips: split.chips, rest: [split.rest, condition].filter(Boolean).join(' ') });
  }
  const raw = quoteValue(value);
  // The opposite wish about the same value is over.
  const chips = split.chips.flatMap((chip) => {
    if (chip.field !== field || chip.not === not || !chip.values.includes(raw)) return [chip];
    const values = chip.values.filter((other) => other !== raw);
    return values.length > 0 ? [{ ...chip, values }] : [];
  });
  const place = chips.findIndex((chip) => chip.field === field && chip.not === not);
  const chip = chips[place];
  if (chip === undefined) chips.push({ field, values: [raw], not });
  else if (!chip.values.includes(raw)) chips[place] = { ...chip, values: [...chip.values, raw] };
  else if (chip.values.length > 1)
    chips[place] = { ...chip, values: chip.values.filter((other) => other !== raw) };
  else chips.splice(place, 1);
  return joinQuery({ chips, rest: split.rest });
}

/** @returns the query without what it asks of a field at its top; what is left out stays so */
export function withoutField(text: string, field: string): string {
  const { chips, rest } = splitQuery(text);
  return joinQuery({ chips: chips.filter((chip) => chip.not || chip.field !== field), rest });
}

/** @returns values of a field that the query asks for, as events have them */
export function chosenValues(text: string, field: string): readonly string[] {
  return splitQuery(text)
    .chips.filter((chip) => chip.field === field && !chip.not)
    .flatMap((chip) => chip.values.map(plainValue));
}

/** Top-level pieces: words, quoted phrases, `field:value`, and what stands in brackets, whole. Null: a bracket or quote is open. */
function unitsOf(text: string): string[] | null {
  const units: string[] = [];
  let unit = '';
  let quoted = false;
  const open: string[] = [];
  for (let place = 0; place < text.length; place += 1) {
    const letter = text.charAt(place);
    if (letter === '\\') {
      unit += letter + text.charAt(place + 1);
      place += 1;
      continue;
    }
    if (letter === '"') quoted = !quoted;
    else if (!quoted) {
      const closes = CLOSES[letter];
      if (closes !== undefined) open.push(closes);
      else if (letter === open.at(-1)) open.pop();
      else if (/[)\]}]/.test(letter)) return null;
    }
    if (!quoted && open.length === 0 && /\s/.test(letter)) {
      if (unit !== '') units.push(unit);
      unit = '';
    } else unit += letter;
  }
  if (quoted || open.length > 0) return null;
  if (unit !== '') units.push(unit);
  return units;
}

function chipOf(unit: string): Omit<Chip, 'not'> | null {
  const single = termOf(unit);
  if (single) return { field: single.field, values: [single.value] };
  const inside = /^\((.*)\)$/s.exec(unit)?.[1];
  const units = inside === undefined ? null : unitsOf(inside);
  if (!units || units.length < 3 || units.length % 2 === 0) return null;
  const terms = units.filter((_, index) => index % 2 === 0).map(termOf);
  const field = terms[0]?.field;
  if (units.some((word, index) => index % 2 === 1 && word !== 'OR')) return null;
  if (field === undefined || terms.some((term) => term?.field !== field)) return null;
  return { field, values: terms.map((term) => term?.value ?? '') };
}

function termOf(unit: string): { field: string; value: string } | null {
  const colon = unit.indexOf(':');
  const field = unit.slice(0, colon);
  const value = unit.slice(colon + 1);
  return colon > 0 && FIELD.test(field) && value !== '' ? { field, value } : null;
}

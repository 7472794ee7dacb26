import type { EventFields, FieldValue, LogSource } from './event.ts';

/** What queries look at. Times are milliseconds since 1970 UTC. */
export interface QueriedEvent {
  number: number;
  node: string;
  source: string;
  at: number;
  logsource: LogSource;
  severity: string | null;
  message: string;
  fields: EventFields;
  group: string | null;
  raw: string;
}

/** Names that every event has beside the fields of its own record, and how their values are had. */
const OWN: Readonly<Record<string, (event: QueriedEvent) => string | number | null>> = {
  number: (event) => event.number,
  node: (event) => event.node,
  source: (event) => event.source,
  severity: (event) => event.severity,
  product: (event) => event.logsource.product,
  category: (event) => event.logsource.category,
  service: (event) => event.logsource.service,
  message: (event) => event.message,
  group: (event) => event.group,
  raw: (event) => event.raw,
};

/** Names of what every event has, for completion. */
export const OWN_FIELDS: readonly string[] = ['at', ...Object.keys(OWN)];

/** Of these, what is found by an index of whole values: short ones that repeat. */
export const OWN_TERMS = ['node', 'source', 'severity', 'product', 'category', 'service', 'group'] as const;

/** @returns the text that a value is compared as */
export function valueText(value: FieldValue): string {
  return typeof value === 'string' ? value : String(value);
}

/**
 * All values of a name, in any case of its letters: what every event has, and fields of the record.
 * @param name in lower case
 */
export function valuesOf(event: QueriedEvent, name: string): FieldValue[] {
  const values: FieldValue[] = [];
  const own = Object.hasOwn(OWN, name) ? (OWN[name]?.(event) ?? null) : null;
  if (own !== null) values.push(own);
  for (const key in event.fields) {
    if (key.length !== name.length && key.toLowerCase().length !== name.length) continue;
    if (key !== name && key.toLowerCase() !== name) continue;
    const value = event.fields[key];
    if (Array.isArray(value)) values.push(...(value as FieldValue[]));
    else if (value !== undefined) values.push(value as FieldValue);
  }
  return values;
}

/**
 * Calls back for each text that a word is searched in: the line, and besides it what is not in the line as it stands.
 * @param visit stops the walk by returning true
 * @returns whether it was stopped
 */
export function someText(event: QueriedEvent, visit: (text: string) => boolean): boolean {
  if (event.raw !== '') return visit(event.raw);
  if (visit(event.message)) return true;
  for (const key in event.fields) {
    const value = event.fields[key];
    const values = Array.isArray(value) ? (value as FieldValue[]) : [value as FieldValue];
    for (const one of values) if (visit(valueText(one))) return true;
  }
  return false;
}

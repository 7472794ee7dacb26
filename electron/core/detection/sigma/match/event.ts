import type { EventFields, FieldValue } from '#shared/domain/audit/event.ts';

/** What a rule is asked about. Names of fields are as rules write them (`flatEvent` makes them so). */
export interface SigmaEvent {
  fields: EventFields;
  /** The text of the log, for keywords; empty when it says no more than the values do, as with an event that is a JSON object. */
  raw: string;
}

/** What a field holds: a value, several, or undefined when it is not there. A name of a prototype is no field. */
export function fieldOf(fields: EventFields, name: string): FieldValue | readonly FieldValue[] | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export const isList = (value: FieldValue | readonly FieldValue[]): value is readonly FieldValue[] =>
  Array.isArray(value);

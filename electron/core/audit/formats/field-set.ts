import type { EventFields, FieldValue } from '#shared/domain/audit/event.ts';

/**
 * Bounds of one record, in UTF-16 units and numbers of things. A program's arguments may be 128 KiB each (execve(2)); what goes beyond
 * these bounds is still in the raw line, and the record says that it was cut.
 */
export const RECORD_LIMITS = {
  fields: 512,
  name: 256,
  value: 65_536,
  /** Of all values together. */
  total: 262_144,
  list: 256,
  /** Values that are looked at in all; a line with more is a flood, and the rest of it stays raw. */
  values: 4_096,
  message: 16_384,
  timeText: 256,
  group: 256,
} as const;

/** The field that says that something of a record was longer or more than is kept of it. */
export const CUT_FIELD = 'swarmkeep.cut';

/**
 * Fields of one record while it is read: bounded, and no name can reach a prototype. A name that comes again makes a list, so that
 * what is written later in a line cannot hide what was written before.
 */
export class FieldSet {
  readonly #fields: Record<string, FieldValue | FieldValue[]> = {};
  #count = 0;
  #room: number = RECORD_LIMITS.total;
  #cut = false;
  #seen = 0;

  /** Adds a value. Strings are cut at the bounds; what has no room is left out, and the record is marked. */
  put(name: string, value: FieldValue): void {
    this.#seen += 1;
    if (this.isFull()) this.#cut = true;
    else this.#bound(name, value);
  }

  /** Whether so much was put in that the rest of the line need not be read. */
  isFull(): boolean {
    return this.#seen > RECORD_LIMITS.values;
  }

  #bound(name: string, value: FieldValue): void {
    if (typeof value === 'string') {
      if (value.length > RECORD_LIMITS.value || value.length > this.#room) {
        this.#cut = true;
        value = value.slice(0, Math.min(RECORD_LIMITS.value, this.#room));
      }
      this.#room -= value.length;
    }
    const key = name.length > RECORD_LIMITS.name ? name.slice(0, RECORD_LIMITS.name) : name;
    if (key === '__proto__') this.#add('(__proto__)', value);
    else this.#add(key, value);
  }

  #add(key: string, value: FieldValue): void {
    const there = this.#fields[key];
    // No value is ever a function, so what is one is inherited and no field.
    if (there === undefined || typeof there === 'function') {
      if (this.#count >= RECORD_LIMITS.fields) {
        this.#cut = true;
        return;
      }
      this.#count += 1;
      this.#fields[key] = value;
    } else if (!Array.isArray(there)) {
      if (there !== value) this.#fields[key] = [there, value];
    } else if (there.length < RECORD_LIMITS.list) {
      there.push(value);
    } else {
      this.#cut = true;
    }
  }

  /** Adds a value under a name that the record does not have yet; does nothing when it has it, or when there is no value. */
  putNew(name: string, value: FieldValue | undefined): void {
    if (value !== undefined && !this.has(name)) this.put(name, value);
  }

  /** Says that something was left out of the record for its size. */
  markCut(): void {
    this.#cut = true;
  }

  has(name: string): boolean {
    const value: unknown = this.#fields[name];
    return value !== undefined && typeof value !== 'function' && name !== '__proto__';
  }

  /** @returns the value; of a list the first one; undefined when there is none */
  get(name: string): FieldValue | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#fields[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** @returns the value as text; undefined when there is none or it is null or empty */
  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined || value === null || value === '' ? undefined : String(value);
  }

  /** @returns the fields, with the mark when something was cut; not to be written to afterwards */
  finish(): EventFields {
    if (this.#cut) this.#fields[CUT_FIELD] = true;
    return this.#fields;
  }
}

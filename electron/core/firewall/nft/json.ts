import type { ReadError } from '../model.ts';

/** What JSON.parse gives. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Thrown inside this folder for a listing that is not what libnftables-json(5) describes; `readNft` makes a ReadError of it. */
export class Malformed extends Error {
  readonly code: ReadError['code'];

  constructor(message: string, code: ReadError['code'] = 'bad-shape') {
    super(message);
    this.code = code;
  }
}

const SHOWN = 60;

/** A value from a listing as an error may show it: one line, shortened. */
export function shown(value: Json | undefined): string {
  // Only the outside of a value is ever needed to find it, and a hostile one may be deep.
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.keys(value)
      .slice(0, 3)
      .map((key) => shown(key))
      .join(', ')}}`;
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A member of an object, never one that JavaScript put there. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Name and body of an object with one member, as every statement and expression is; null for anything else. */
export function tagged(value: Json | undefined): readonly [name: string, body: Json] | null {
  if (!isObject(value)) return null;
  const names = Object.keys(value);
  const [name] = names;
  return names.length === 1 && name !== undefined ? [name, value[name] as Json] : null;
}

/**
 * A member that must be text.
 * @throws Malformed
 */
export function text(object: JsonObject, key: string, where: string): string {
  const value = member(object, key);
  if (typeof value !== 'string')
    throw new Malformed(`${where}: "${key}" should be text, not ${shown(value)}.`);
  return value;
}

/**
 * A whole number that is not negative.
 * @throws Malformed
 */
export function wholeNumber(value: Json | undefined, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Malformed(`${where} should be a whole number, not ${shown(value)}.`);
  return value;
}

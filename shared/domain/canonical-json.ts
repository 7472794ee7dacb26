/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The one way to write a value as JSON, for hashing and signing: no white space, keys sorted by UTF-16 units, numbers as
 * ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme).
 * @throws RangeError for numbers that are not finite and for lone surrogates, which RFC 8785 excludes
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('Not a finite number');
  if (typeof value === 'string' && !value.isWellFormed()) throw new RangeError('Not well-formed Unicode');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((entry: Json) => canonicalJson(entry)).join(',')}]`;
  const entries = Object.entries(value as { readonly [key: string]: Json });
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, entry]) => `${canonicalJson(key)}:${canonicalJson(entry)}`).join(',')}}`;
}

import type { z } from 'zod';
import { shownLimits } from '#shared/domain/bounds.ts';

/**
 * Writes what is plainly of a form as canonical JSON (RFC 8785), in one pass that checks and writes.
 * @returns null for anything that only the form itself can judge or change: text beyond plain ASCII, a key that is missing, what is wrong
 */
export type PlainWriter = (value: unknown) => string | null;

/** ASCII that is seen, and that JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

const CANNOT: PlainWriter = () => null;

/**
 * Makes the writer of a form, once. It knows the few kinds of forms that events of the ledger are made of; of all others it
 * says that it cannot. A property test holds it equal to what the form reads and `canonicalJson` writes.
 * @param form objects name their keys in the order of the RFC
 */
export function plainWriterOf(form: z.core.$ZodType): PlainWriter {
  const limit = shownLimits.get(form as z.ZodType);
  if (limit !== undefined) return (value) => plainText(value, limit);
  const { def } = (form as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return def.catchall === undefined ? objectWriter(def.shape) : CANNOT;
    case 'array':
      return arrayWriter(def);
    case 'nullable': {
      const inner = plainWriterOf(def.innerType);
      return (value) => (value === null ? 'null' : inner(value));
    }
    case 'enum': {
      const words = Object.values(def.entries).filter((word) => typeof word === 'string');
      const written = new Map<unknown, string>(words.map((word) => [word, JSON.stringify(word)]));
      return (value) => written.get(value) ?? null;
    }
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? String(value) : null);
    case 'number':
      return numberWriter(def);
    case 'string':
      return stringWriter(def);
    default:
      return CANNOT;
  }
}

function plainText(value: unknown, limit: number): string | null {
  return typeof value === 'string' && value.length <= limit && PLAIN.test(value) ? `"${value}"` : null;
}

function objectWriter(shape: Readonly<Record<string, z.core.$ZodType>>): PlainWriter {
  const members = Object.entries(shape).map(([key, form]) => {
    const { def } = (form as z.core.$ZodTypes)._zod;
    const optional = def.type === 'optional';
    return {
      key,
      before: `${JSON.stringify(key)}:`,
      optional,
      write: plainWriterOf(optional ? def.innerType : form),
    };
  });
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    let text = '{';
    for (const { key, before, optional, write } of members) {
      if (optional && !(key in value)) continue;
      const member = write((value as Readonly<Record<string, unknown>>)[key]);
      if (member === null) return null;
      text += text === '{' ? before + member : `,${before}${member}`;
    }
    return `${text}}`;
  };
}

function arrayWriter(def: z.core.$ZodArrayDef): PlainWriter {
  const bounds = boundsOf(def.checks);
  const write = plainWriterOf(def.element);
  if (bounds === null) return CANNOT;
  return (value) => {
    if (!Array.isArray(value) || value.length < bounds.least || value.length > bounds.most) return null;
    let text = '[';
    for (let at = 0; at < value.length; at += 1) {
      const item = write(value[at]);
      if (item === null) return null;
      text += at === 0 ? item : `,${item}`;
    }
    return `${text}]`;
  };
}

function numberWriter(def: z.core.$ZodNumberDef): PlainWriter {
  const bounds = boundsOf(def.checks);
  if (bounds === null || !('format' in def) || def.format !== 'safeint') return CANNOT;
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= bounds.least && (value as number) <= bounds.most
      ? String(value)
      : null;
}

function stringWriter(def: z.core.$ZodStringDef): PlainWriter {
  const bounds = boundsOf(def.checks);
  if (bounds === null) return CANNOT;
  const patterns = [...bounds.patterns];
  if ('format' in def) {
    if (def.format !== 'datetime' || !('pattern' in def) || !(def.pattern instanceof RegExp)) return CANNOT;
    patterns.push(def.pattern);
  }
  if (patterns.some(({ global, sticky }) => global || sticky)) return CANNOT;
  // Instants and names come again and again, and their patterns are long.
  let former: unknown = null;
  let written: string | null = null;
  return (value) => {
    if (value === former && written !== null) return written;
    const text = plainText(value, bounds.most);
    if (text === null || text.length - 2 < bounds.least) return null;
    if (!patterns.every((pattern) => pattern.test(value as string))) return null;
    former = value;
    written = text;
    return text;
  };
}

interface Bounds {
  least: number;
  most: number;
  patterns: RegExp[];
}

/** @returns null when there is a check among them that is not known here */
function boundsOf(checks: readonly z.core.$ZodCheck<never>[] | undefined): Bounds | null {
  const bounds: Bounds = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY, patterns: [] };
  for (const check of checks ?? []) {
    const { def } = (check as unknown as z.core.$ZodChecks)._zod;
    if (def.check === 'max_length') bounds.most = Math.min(bounds.most, def.maximum);
    else if (def.check === 'min_length') bounds.least = Math.max(bounds.least, def.minimum);
    else if (def.check === 'greater_than' && def.inclusive && typeof def.value === 'number')
      bounds.least = Math.max(bounds.least, def.value);
    else if (def.check === 'less_than' && def.inclusive && typeof def.value === 'number')
      bounds.most = Math.min(bounds.most, def.value);
    else if (def.check === 'string_format' && def.format === 'regex' && def.pattern !== undefined)
      bounds.patterns.push(def.pattern);
    else return null;
  }
  return bounds;
}

import type { FieldValue } from '#shared/domain/audit/event.ts';
import { type FieldSet, RECORD_LIMITS } from './field-set.ts';

/** Lines up to here are given to JSON.parse as they are; a longer one only when it is not made of a mass of small things. */
const UNCHECKED = 65_536;
const MAX_PARTS = 100_000;
const MAX_DEPTH = 16;

/** Whether a text has few enough parts that reading it cannot fill the memory: 16 MiB of `[[[…` would take 500 MiB. */
function isModest(text: string): boolean {
  let parts = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) inString = !inString;
    else if (inString) {
      if (code === 92) at += 1;
    } else if (code === 44 || code === 91 || code === 123) {
      parts += 1;
      if (parts > MAX_PARTS) return false;
    }
  }
  return true;
}

/** Reads a line that is one JSON object; null for anything else, and for what would take too much memory. */
export function readJsonObject(line: string): Record<string, unknown> | null {
  let start = 0;
  while (start < 64 && (line.charCodeAt(start) === 32 || line.charCodeAt(start) === 9)) start += 1;
  if (line.charCodeAt(start) !== 123) return null;
  if (line.length > UNCHECKED && !isModest(line)) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

const isPlain = (value: unknown): value is FieldValue =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';

function putValue(fields: FieldSet, name: string, value: unknown, depth: number): void {
  if (isPlain(value)) {
    fields.put(name, value);
    return;
  }
  if (depth >= MAX_DEPTH || name.length > RECORD_LIMITS.name) {
    fields.put(name, '…');
    fields.markCut();
    return;
  }
  if (!Array.isArray(value)) {
    putObject(fields, value as Record<string, unknown>, `${name}.`, depth + 1);
    return;
  }
  if (value.length > RECORD_LIMITS.list) fields.markCut();
  // Objects in a list keep their names without a number: a rule can name `users.name`, and each one counts.
  for (const item of value.slice(0, RECORD_LIMITS.list)) {
    if (isPlain(item)) fields.put(name, item);
    else putValue(fields, name, item, depth + 1);
  }
}

/**
 * Puts all of a parsed JSON object in as flat fields: names of what is nested are joined with dots, lists stay lists, and 16 levels
 * deep is the end. What has no room is left out and marked.
 */
export function putObject(
  fields: FieldSet,
  object: Record<string, unknown>,
  prefix = '',
  depth = 0,
  skip?: ReadonlySet<string>,
): void {
  let count = 0;
  for (const name in object) {
    if (skip?.has(name)) continue;
    count += 1;
    if (count > RECORD_LIMITS.fields) {
      fields.markCut();
      return;
    }
    putValue(fields, prefix + name, object[name], depth);
  }
}

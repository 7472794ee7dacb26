import type { z } from 'zod';
import { StoreError } from '../store-error.ts';

/**
 * Reads a JSON column. Whatever lies in the file is checked before the console believes it.
 * @param what names the record in the error
 * @throws StoreError `failed` when it is not what this version wrote
 */
export function readJson<T extends z.ZodType>(schema: T, text: string, what: string): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(what);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unreadable(what);
  return parsed.data;
}

function unreadable(what: string): StoreError {
  return new StoreError({
    kind: 'failed',
    message: `A record of the console cannot be read: ${what}.`,
    untouched: 'It was left as it is.',
    next: 'Look at the node again to write it anew, or put a backup back in place.',
  });
}

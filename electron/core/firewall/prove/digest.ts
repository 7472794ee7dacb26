import { createHash } from 'node:crypto';
import type { Ruleset } from '../model.ts';

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Map) return plain([...value].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, plain(part)]),
  );
}

/**
 * What a proof belongs to: SHA-256, in hexadecimal digits, of the rule set written as JSON with sorted keys, maps as sorted pairs and
 * big numbers as text with `n` behind.
 */
export function rulesetDigest(ruleset: Ruleset): string {
  return createHash('sha256')
    .update(JSON.stringify(plain(ruleset)))
    .digest('hex');
}

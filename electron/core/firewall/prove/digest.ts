import { createHash } from 'node:crypto';
import type { Ruleset } from '../model.ts';

/**
 * What a proof belongs to: SHA-256, in hexadecimal digits, of the rule set as JSON in the order in which it was read, with maps as the
 * list of their values and big numbers as text with `n` behind.
 */
export function rulesetDigest(ruleset: Ruleset): string {
  const text = JSON.stringify(ruleset, (_key, value) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Map ? Array.from(value.values()) : value;
  });
  return createHash('sha256').update(text).digest('hex');
}

import type { EventSeverity } from '#shared/domain/audit/event.ts';

const WORDS: ReadonlyMap<string, EventSeverity> = new Map([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['dbug', 'debug'],
  ['info', 'info'],
  ['information', 'info'],
  ['informational', 'info'],
  ['notice', 'notice'],
  ['warn', 'warning'],
  ['warning', 'warning'],
  ['err', 'error'],
  ['error', 'error'],
  ['crit', 'error'],
  ['critical', 'error'],
  ['alert', 'error'],
  ['emerg', 'error'],
  ['emergency', 'error'],
  ['fatal', 'error'],
  ['panic', 'error'],
]);

/** Folds a level as programs write it (`WARN`, `critical`) to one of five; null for another word. */
export function severityOfWord(word: string): EventSeverity | null {
  return word.length > 16 ? null : (WORDS.get(word.toLowerCase()) ?? null);
}

/** Folds a numeric severity of syslog (RFC 5424, section 6.2.1: 0 emergency … 7 debug); null outside of that. */
export function severityOfNumber(level: number): EventSeverity | null {
  if (!Number.isInteger(level) || level < 0 || level > 7) return null;
  if (level <= 3) return 'error';
  return level === 4 ? 'warning' : level === 5 ? 'notice' : level === 6 ? 'info' : 'debug';
}

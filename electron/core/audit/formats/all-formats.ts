import type { FormatId } from '#shared/domain/audit/source.ts';
import { auditd } from './auditd/auditd.ts';
import { dockerJson } from './docker-json.ts';
import type { LogFormat } from './format.ts';
import { guarded } from './guarded.ts';
import { journalJson } from './journal-json.ts';
import { jsonLines } from './json-lines.ts';
import { keyValue } from './key-value.ts';
import { mycoswarm } from './mycoswarm/mycoswarm.ts';
import { plain } from './plain.ts';
import { syslog } from './syslog.ts';

const FORMATS: Readonly<Record<FormatId, LogFormat>> = {
  'json-lines': guarded(jsonLines),
  'key-value': guarded(keyValue),
  auditd: guarded(auditd),
  syslog: guarded(syslog),
  mycoswarm: guarded(mycoswarm),
  'docker-json': guarded(dockerJson),
  'journal-json': guarded(journalJson),
  plain: guarded(plain),
};

/** How many lines are enough to tell a format, and how much of each is looked at. */
const SAMPLE = 64;
const SAMPLE_LENGTH = 131_072;
/** Less than this share of understood lines is chance. */
const ENOUGH = 0.25;

/** The way to read a format. Its parsers never throw. */
export function formatOf(id: FormatId): LogFormat {
  return FORMATS[id];
}

/**
 * Finds the format that understands most of the lines.
 * @param lines from the beginning of a source; the first 64 count
 * @returns `plain` when none understands a quarter of them
 */
export function detectFormat(lines: readonly string[]): FormatId {
  const sample = lines
    .slice(0, SAMPLE)
    .map((line) => (line.length > SAMPLE_LENGTH ? line.slice(0, SAMPLE_LENGTH) : line));
  let best: { id: FormatId; score: number } = { id: 'plain', score: ENOUGH };
  for (const format of Object.values(FORMATS)) {
    const score = format.recognises(sample);
    if (score > best.score) best = { id: format.id, score };
  }
  return best.id;
}

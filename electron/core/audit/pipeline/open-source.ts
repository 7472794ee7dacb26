import { z } from 'zod';
import type { KeptSource } from '#core/store/audit/sources.ts';
import type { FormatId } from '#shared/domain/audit/source.ts';
import type { FollowedBatch } from '../follow/follower.ts';
import { formatOf } from '../formats/all-formats.ts';
import type { LineParser } from '../formats/format.ts';
import { heard, readRhythm } from './rhythm.ts';

/** A source while it is read. */
export interface OpenSource {
  /** As it is on the disk. */
  kept: KeptSource;
  /** As it will be when a batch that is under way is on the disk; none when there is no such batch. */
  ahead?: KeptSource | undefined;
  /** One for each file of the source, made when it is needed from what is stored; `` for what comes from no file. */
  parsers: Map<string, LineParser>;
  /** Minutes east of UTC in which its node writes times without a zone. */
  utcOffsetMinutes: number;
}

/** Files of one source whose parsers are kept at hand. */
const MOST_PARSERS = 64;

const parserStates = z.record(z.string(), z.unknown());

/** @returns the source as the next batch finds it */
export const staged = ({ ahead, kept }: OpenSource): KeptSource => ahead ?? kept;

/** The parser of a file of a source; it goes on with what is stored. */
export function parserOf(source: OpenSource, format: FormatId, path: string): LineParser {
  const { parsers } = source;
  const known = parsers.get(path);
  if (known !== undefined) return known;
  const states = parserStates.safeParse(staged(source).parser);
  const parser = formatOf(format).createParser(states.success ? states.data[path] : undefined);
  parsers.set(path, parser);
  while (parsers.size > MOST_PARSERS) {
    const idle = [...parsers].find(([other, entry]) => other !== path && entry.state() === null);
    parsers.delete(idle?.[0] ?? parsers.keys().next().value ?? '');
  }
  return parser;
}

/** What parsers wait for, by file; null when none waits. */
function statesOf(source: OpenSource): unknown {
  const { parsers } = source;
  const states = parserStates.safeParse(staged(source).parser);
  const all = new Map(Object.entries(states.success ? states.data : {}));
  for (const [path, parser] of parsers) {
    const state = parser.state();
    if (state === null) all.delete(path);
    else all.set(path, state);
  }
  return all.size === 0 ? null : Object.fromEntries([...all].slice(-MOST_PARSERS));
}

/**
 * @param batch null for what parsers waited for
 * @returns the source as it is after a batch
 */
export function progressOf(
  source: OpenSource,
  batch: FollowedBatch | null,
  format: KeptSource['format'],
  { events, lastAt }: { events: number; lastAt: number | null },
): KeptSource {
  const kept = staged(source);
  const spoke = batch !== null && batch.lines.length > 0;
  return {
    ...kept,
    format,
    // Followers and parsers go on before it is written.
    position: structuredClone(batch === null ? kept.position : batch.position),
    parser: structuredClone(statesOf(source)),
    events: kept.events + events,
    lastEventAt: lastAt ?? kept.lastEventAt,
    lastLineAt: spoke ? batch.receivedAt : kept.lastLineAt,
    rhythm: spoke ? heard(readRhythm(kept.rhythm), batch.receivedAt) : kept.rhythm,
  };
}

import { readFileSync } from 'node:fs';
import { replayFacts } from '#core/facts/record.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';

const FOLDER = new URL('../../../../e2e/fixtures/facts/', import.meta.url);

/** Facts of a machine that was really set up so and looked at (e2e/fixtures/facts). */
export function recorded(name: string): Facts {
  const replay = replayFacts(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
  if (!replay.ok) throw new Error(replay.error.message);
  return replay.facts;
}

import type { AlertTable, KeptSilence } from '#core/store/audit/alerts.ts';
import type { StoredEvent } from '#core/store/audit/record-text.ts';
import { type Matcher, matcherOf } from '#shared/domain/audit/match-query.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';

interface Active {
  silence: KeptSilence;
  matches: Matcher;
}

/** Silences that are in force. One whose query cannot be read hides nothing. */
export class Silencer {
  readonly #table: Pick<AlertTable, 'silences'>;
  #active: Active[] | null = null;

  constructor(table: Pick<AlertTable, 'silences'>) {
    this.#table = table;
  }

  /** Silences have changed, or what was written of them went back. */
  forget(): void {
    this.#active = null;
  }

  /** @returns the silence that hides a match of a rule; null when none does */
  hiding(rule: string, event: StoredEvent, now: number): string | null {
    this.#active ??= this.#load(now);
    for (const { silence, matches } of this.#active) {
      if (silence.until <= now || (silence.rule !== null && silence.rule !== rule)) continue;
      if (matches(event)) return silence.id;
    }
    return null;
  }

  #load(now: number): Active[] {
    return this.#table.silences().flatMap((silence) => {
      if (silence.endedAt !== null || silence.until <= now) return [];
      const read = readQuery(silence.query);
      return read.ok ? [{ silence, matches: matcherOf(read.query, now) }] : [];
    });
  }
}

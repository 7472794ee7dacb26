import { createHash } from 'node:crypto';
import { ConsoleError } from '#core/console/service.ts';
import type { ActivityEntry, ActivityState, Verification } from '#shared/contract/activity.ts';
import type { LedgerKind, LedgerRecord } from '#shared/domain/ledger.ts';
import { ledgerSentence } from '#shared/domain/ledger-words.ts';
import type { Scenario } from '../scenario.ts';

/** What the ledger of a scenario holds. */
export interface LedgerScenario {
  /** The number of the newest event. */
  size: number;
  /** The event of a number from 1 to `size`. */
  recordAt(number: number): LedgerRecord;
  trouble?: ActivityState['trouble'];
  /** Texts that are gone: up to and including this number. */
  missingUpTo?: number;
  /** From this event on nothing can be vouched for. */
  damagedFrom?: number;
}

const VERIFIER = 'swarmkeep.local/miu+1f2e3d4c+AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefgh';

interface ListInput {
  search: string;
  kinds?: readonly LedgerKind[] | undefined;
  node?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  before?: number | undefined;
  limit: number;
}

/** How many events one page looks at before it answers, as the real one does. */
const LOOKED_AT = 5_000;

/** The ledger of the double: events by their number, proofs that only look like proofs. */
export class ActivityDouble {
  readonly #scenario: Scenario;
  readonly #answer: <T>(work: () => T) => Promise<T>;

  constructor(scenario: Scenario, answer: <T>(work: () => T) => Promise<T>) {
    this.#scenario = scenario;
    this.#answer = answer;
  }

  readonly group = {
    state: () => this.#answer(() => this.#state()),
    list: (input: ListInput) => this.#answer(() => this.#list(input)),
    nodes: () => this.#answer(() => this.#scenario.nodes.map((node) => ({ node: node.id, name: node.name }))),
    proof: ({ number }: { number: number }) => this.#answer(() => this.#proof(number)),
    checkpoint: () => this.#answer(() => this.#checkpoint()),
    replaceKey: (_: { reason: string }) => this.#answer(() => this.#state()),
    backingUp: () => this.#answer(() => ({ checkpoint: '' })),
    verify: () => this.#answer(() => this.#verification('own', null)),
    checkAgainst: ({ checkpoint }: { checkpoint: string }) =>
      this.#answer(() => {
        const size = /^\S+\n(\d+)\n/.exec(checkpoint)?.[1];
        if (size === undefined) {
          throw new ConsoleError('NOT_ALLOWED', 'This text is no checkpoint.', {
            untouched: 'Nothing was changed.',
            next: 'Paste all of it: the name, the number, the hash, an empty line, and the lines with the signatures.',
          });
        }
        return this.#verification('elsewhere', Number(size));
      }),
  };

  get #size(): number {
    return this.#scenario.ledger?.size ?? 0;
  }

  #record(number: number): LedgerRecord {
    if (!this.#scenario.ledger || number < 1 || number > this.#size) {
      throw new ConsoleError('EVENT_UNKNOWN', 'There is no such event.');
    }
    return this.#scenario.ledger.recordAt(number);
  }

  #entry(number: number): ActivityEntry {
    const record = this.#record(number);
    if (number <= (this.#scenario.ledger?.missingUpTo ?? 0)) {
      return {
        number,
        state: 'missing',
        record: null,
        sentence: 'The text of this event is gone.',
      };
    }
    return { number, state: 'whole', record, sentence: ledgerSentence(record) };
  }

  #state(): ActivityState {
    const size = this.#size;
    return {
      size,
      newestAt: size > 0 ? this.#record(size).at : null,
      origin: size > 0 ? 'swarmkeep.local/miu' : null,
      verifierKey: size > 0 ? VERIFIER : null,
      keyKeptIn: 'file',
      trouble: this.#scenario.ledger?.trouble ?? null,
    };
  }

  #list({ search, kinds, node, from, to, before, limit }: ListInput) {
    const entries: ActivityEntry[] = [];
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    let number = Math.min(before ?? this.#size + 1, this.#size + 1) - 1;
    const stop = Math.max(0, number - LOOKED_AT);
    for (; number > stop && entries.length < limit; number -= 1) {
      const entry = this.#entry(number);
      const { record } = entry;
      const fits =
        (kinds === undefined || (record !== null && kinds.includes(record.kind))) &&
        (node === undefined || record?.where?.node === node) &&
        (from === undefined || (record !== null && record.at >= from)) &&
        (to === undefined || (record !== null && record.at < to)) &&
        words.every((word) => entry.sentence.toLowerCase().includes(word));
      if (fits) entries.push(entry);
    }
    return { entries, next: number >= 1 ? number + 1 : null, size: this.#size };
  }

  #proof(number: number) {
    const path = Array.from({ length: Math.ceil(Math.log2(Math.max(2, this.#size))) }, (_, level) =>
      createHash('sha256').update(`${number} ${level}`).digest('base64'),
    );
    const checkpoint = this.#checkpointText();
    return {
      entry: this.#entry(number),
      size: this.#size,
      path,
      checkpoint,
      verifierKey: VERIFIER,
      fileName: `swarmkeep-event-${number}.tlog-proof`,
      text: `c2sp.org/tlog-proof@v1\nindex ${number - 1}\n${path.join('\n')}\n\n${checkpoint}`,
    };
  }

  #checkpointText(size = this.#size): string {
    const root = createHash('sha256').update(String(size)).digest('base64');
    return `swarmkeep.local/miu\n${size}\n${root}\n\n— swarmkeep.local/miu Hy49TAbC${'d'.repeat(80)}=\n`;
  }

  #checkpoint() {
    if (this.#size === 0) throw new ConsoleError('EVENT_UNKNOWN', 'There is no event yet.');
    return {
      origin: 'swarmkeep.local/miu',
      size: this.#size,
      at: this.#record(this.#size).at,
      verifierKey: VERIFIER,
      fileName: `swarmkeep-checkpoint-${this.#size}.txt`,
      text: this.#checkpointText(),
    };
  }

  #verification(against: 'own' | 'elsewhere', kept: number | null): Verification {
    const size = this.#size;
    const from = this.#scenario.ledger?.damagedFrom ?? null;
    const covered = kept ?? size;
    const missing = covered > size;
    const broken = missing || (from !== null && from <= covered);
    const upTo = broken ? Math.max(0, Math.min(from ?? size + 1, size + 1) - 1) : covered;
    const at = upTo > 0 && upTo <= size ? this.#record(upTo).at : null;
    const told = (number: number) => number.toLocaleString('en');
    const clock = at ? at.slice(11, 16) : '';
    return {
      verified: !broken,
      sentence: broken
        ? missing
          ? `The checkpoint covers ${told(covered)} events and there are ${told(size)}: events were removed from the end.`
          : `From event ${told(from ?? 1)} on nothing can be vouched for.`
        : `Verified up to event ${told(upTo)} at ${clock}, ${
            against === 'own'
              ? "by this console's own checkpoints"
              : 'against the checkpoint that you kept elsewhere'
          }.`,
      against,
      upTo,
      at,
      from: broken ? (from ?? size + 1) : null,
      size,
      ownUpTo: size,
      problems: broken
        ? [
            missing
              ? {
                  code: 'events-missing',
                  event: size + 1,
                  message: `Events ${told(size + 1)} to ${told(covered)} are gone.`,
                }
              : {
                  code: 'text-changed',
                  event: from,
                  message: `The text of event ${told(from ?? 1)} is not what was hashed.`,
                },
          ]
        : [],
      checkedAt: this.#scenario.now,
      tookMs: 42,
    };
  }
}

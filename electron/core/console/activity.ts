import { readCheckpoint, type SignedCheckpoint } from '#core/ledger/checkpoint.ts';
import { toBase64 } from '#core/ledger/hash.ts';
import { writeTlogProof } from '#core/ledger/tlog-proof.ts';
import { eventTime } from '#core/ledger/verify/event-time.ts';
import type { EventsVerification, EventsVouchedFor } from '#core/ledger/verify/events-told.ts';
import { verifyLedger } from '#core/ledger/verify/verify.ts';
import { visible } from '#shared/domain/text.ts';
import { entryOf, pageOfEvents } from './activity-page.ts';
import { guarded } from './audit-threads.ts';
import type { AuditWatch } from './audit-watch.ts';
import type { Context } from './context.ts';
import { ConsoleError, type ConsoleService } from './service.ts';

/** How often verifying begins again when something was recorded meanwhile. */
const MOST_ATTEMPTS = 3;

const UNTOUCHED = 'Nothing was changed.';

/** What the console did and was told, and the proofs that the record of it is whole. */
export function activityGroup(
  context: Pick<Context, 'store' | 'clock' | 'ledger'>,
  watch: Pick<AuditWatch, 'threads' | 'hasEvents'>,
): ConsoleService['activity'] {
  const { store, clock, ledger } = context;

  /** The events of logs; where they cannot be opened nothing can be said of them, and that is no proof. */
  async function ofLogs(told: EventsVouchedFor): Promise<EventsVerification | null> {
    if (!watch.hasEvents()) return null;
    return guarded(async () => (await watch.threads()).reader.verify(told));
  }

  /** What is recorded while it is looked at would seem to be missing: then all is looked at once more. */
  async function proven(elsewhere: SignedCheckpoint | null) {
    for (let attempt = 0; ; attempt += 1) {
      const before = await store.ledgerHead();
      const report = await verifyLedger(store, elsewhere, () => clock.now(), ofLogs);
      const after = await store.ledgerHead();
      if (report.verified || after.newest?.size === before.newest?.size || attempt === MOST_ATTEMPTS)
        return report;
    }
  }

  async function newestCheckpoint() {
    const head = await store.ledgerHead();
    const read = readCheckpoint(head.newest?.note ?? '');
    if (head.newest === null)
      throw unknownEvent('Nothing was recorded yet.', 'It is there as soon as something was done.');
    if (read === null || head.key.state !== 'there') {
      throw new ConsoleError('STORE_UNAVAILABLE', 'The ledger or its key is not as it was left.', {
        untouched: UNTOUCHED,
        next: 'Verify the ledger to see what is wrong.',
      });
    }
    return {
      origin: read.origin,
      size: read.size,
      text: head.newest.note,
      verifierKey: head.key.verifierKey,
    };
  }

  async function state() {
    const head = await store.ledgerHead();
    const size = head.newest?.size ?? 0;
    const origin = readCheckpoint(head.newest?.note ?? '')?.origin ?? null;
    return {
      size,
      newestAt: await eventTime(store, size),
      origin: origin?.slice(0, 256) ?? null,
      verifierKey: head.key.state === 'there' ? head.key.verifierKey : null,
      keyKeptIn: head.keyKeptIn,
      trouble: ledger.trouble(),
    };
  }

  return {
    state,

    list: (input) => pageOfEvents(store, input),

    async nodes() {
      const nodes = (await store.listNodes()).map(({ id, name }) => ({ node: id, name }));
      return nodes.sort((a, b) => a.name.localeCompare(b.name));
    },

    async proof({ number }) {
      const found = await store.ledgerProof({ number });
      if (found === null) throw unknownEvent('There is no such event.', 'Look at the list again.');
      const { verifierKey } = await newestCheckpoint();
      const { text, size, path, note: checkpoint } = found;
      if (text === null) {
        throw unknownEvent('The text of this event is gone.', 'Its hash is still part of every proof.');
      }
      return {
        entry: entryOf(number, text),
        size,
        path: path.map(toBase64),
        checkpoint,
        verifierKey,
        fileName: `swarmkeep-event-${number}.tlog-proof`,
        text: writeTlogProof({ text, index: number - 1, path, checkpoint }),
      };
    },

    async checkpoint() {
      const newest = await newestCheckpoint();
      const day = clock.now().toISOString().slice(0, 10);
      const fileName = `swarmkeep-checkpoint-${newest.size}-${day}.txt`;
      return { ...newest, at: await eventTime(store, newest.size), fileName };
    },

    async backingUp({ fileName, logs }) {
      const what = { fileName: visible(fileName), logs };
      await ledger.append([{ kind: 'backup-made', where: null, what }]);
      return { checkpoint: (await newestCheckpoint()).text };
    },

    async replaceKey({ reason }) {
      await ledger.replaceKey(reason);
      return state();
    },

    verify: () => proven(null),

    async checkAgainst({ checkpoint }) {
      const elsewhere = readCheckpoint(checkpoint);
      if (elsewhere !== null) return proven(elsewhere);
      throw new ConsoleError('NOT_ALLOWED', 'This text is no checkpoint.', {
        untouched: UNTOUCHED,
        next: 'Paste the whole text as it was saved: the name of the ledger, two lines, an empty one and the signature.',
      });
    },
  };
}

function unknownEvent(message: string, next: string): ConsoleError {
  return new ConsoleError('EVENT_UNKNOWN', message, { untouched: UNTOUCHED, next });
}

import type { AuditState, LiveDelta } from '#shared/contract/audit.ts';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { readQuery } from '#shared/domain/audit/read-query.ts';
import { guarded } from './audit-threads.ts';
import type { AuditWatch } from './audit-watch.ts';
import type { LiveChoice, Topic } from './service.ts';

/** Newest events of a snapshot. */
const SNAPSHOT = 200;
/** Milliseconds between lists of sources, and between states: both change all the time. */
const EVERY_MS = 2_000;

let serial = 0;

/** What comes of a choice from now on: events from the thread, alerts and sources for everybody. */
export function liveTopic(
  watch: AuditWatch,
  choice: LiveChoice,
): Topic<{ state: AuditState; events: AuditEvent[] }, LiveDelta> {
  let opening: Promise<unknown> = Promise.resolve();
  return {
    async snapshot() {
      // What is stored before the thread knows of this reader is in the snapshot; what comes later is said by it.
      await opening.catch(() => undefined);
      const read = readQuery(choice.query);
      const query = read.ok ? read.query : ({ kind: 'all' } as const);
      const { events } = await guarded(async () => {
        const { reader } = await watch.threads();
        return reader.events({ query, node: choice.node ?? undefined, limit: SNAPSHOT });
      });
      return { state: watch.state(), events: events.toReversed() };
    },
    onDelta(listener) {
      serial += 1;
      const id = serial;
      let saidAt = 0;
      const ends = [
        watch.live.onDelta((said) => {
          if (said.live !== id) return;
          for (const delta of said.deltas) listener(delta);
          // Taken: the thread may send more.
          void watch.threads().then((threads) => threads.arrived(id));
        }),
        watch.alerts.onDelta((alerts) => {
          for (const { alert } of alerts) listener({ kind: 'alert', alert });
        }),
        watch.states.onDelta(({ state, sources }) => {
          if (performance.now() - saidAt < EVERY_MS) return;
          saidAt = performance.now();
          listener({ kind: 'state', state });
          listener({ kind: 'sources', sources });
        }),
      ];
      const { query, node } = choice;
      const opened = watch.threads().then((threads) => threads.writer.openLive({ id, query, node }));
      opening = opened;
      opened.catch(() => undefined);
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        for (const end of ends) end();
        void opened.then(async () => (await watch.threads()).writer.closeLive({ id })).catch(() => undefined);
      };
    },
  };
}

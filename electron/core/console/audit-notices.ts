import { createAlertNotices } from '#core/audit/alerts/alert-notices.ts';
import type { AuditWatch } from './audit-watch.ts';
import { announce, type Context } from './context.ts';
import type { Notices } from './notices.ts';

/** Milliseconds between looks whether a digest is due. */
const LOOK_MS = 60_000;
/**
 * Milliseconds between two words to all pages that alerts have changed. Each of them reads the list anew then; the page that shows alerts
 * is told of each one over its own stream.
 */
const ANNOUNCE_MS = 1_000;

/**
 * Tells people of alerts as they come, and pages that alerts have changed.
 * @returns what ends it
 */
export function tellOfAlerts(
  context: Context,
  watch: AuditWatch,
  notices: Pick<Notices, 'give'>,
): () => void {
  const { store, clock } = context;
  let names = new Map<string, string>();
  const said = createAlertNotices((node) => names.get(node) ?? 'A node that was removed');
  let callOff = (): void => undefined;

  async function tell(
    what: (settings: Awaited<ReturnType<typeof store.settings>>['audit']) => ReturnType<typeof said.digest>[],
  ): Promise<void> {
    const { audit } = await store.settings();
    names = new Map((await store.listNodes()).map(({ id, name }) => [id, name]));
    for (const notice of what(audit)) {
      if (notice !== null) await notices.give({ at: clock.now().toISOString(), ...notice });
    }
  }

  let resting = false;
  let more = false;
  let endRest = (): void => undefined;
  function announceSoon(): void {
    more = resting;
    if (resting) return;
    announce(context, 'audit');
    resting = true;
    endRest = clock.after(ANNOUNCE_MS, () => {
      resting = false;
      if (more) announceSoon();
    });
  }

  const unsubscribe = watch.alerts.onDelta((alerts) => {
    announceSoon();
    tell((settings) => alerts.map(({ alert, woke }) => said.take(alert, woke, settings, clock.now()))).catch(
      () => undefined,
    );
  });
  function arm(): void {
    callOff = clock.after(LOOK_MS, () => {
      tell((settings) => [said.digest(settings, clock.now())])
        .catch(() => undefined)
        .finally(arm);
    });
  }
  arm();
  return () => {
    unsubscribe();
    endRest();
    callOff();
  };
}

import type { CheckInput } from '#core/checks/check.ts';
import { CHECKS_OF_LOGS, type LogEvidence } from '#core/checks/log-evidence.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { AuditWatch } from './audit-watch.ts';
import type { Context } from './context.ts';
import { otherNodes } from './other-nodes.ts';
import { packageReport } from './package-report.ts';

/** Alerts that grew last in this time count. */
const COUNTED_MS = 30 * 86_400_000;
const MOST_ALERTS = 50;
/** A look does not wait longer for what the logs show. */
const ANSWER_WITHIN_MS = 3_000;

/**
 * What checks may know of a node besides its facts: the operator's other nodes, what its logs show, and what is published about
 * its packages.
 * @returns for the input of a check
 */
export async function besideFacts(
  context: Pick<Context, 'store' | 'logs' | 'dataFolder' | 'clock'>,
  node: string,
  facts: Pick<Facts, 'subjects'>,
): Promise<Pick<CheckInput, 'otherNodes' | 'swarm' | 'knocks' | 'logs' | 'packages'>> {
  const logs = (await context.logs?.(node)) ?? null;
  const ignores = (await context.store.packageIgnores()).map(({ ignore }) => ignore);
  const packages = packageReport(context.dataFolder, facts, ignores, context.clock.now());
  return {
    ...(await otherNodes(context, node)),
    ...(logs === null ? {} : { logs }),
    ...(packages === null ? {} : { packages }),
  };
}

/** @returns what the logs of a node showed; null when nothing is kept here or it cannot be read in time */
export async function logEvidence(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  watch: Pick<AuditWatch, 'threads' | 'hasEvents' | 'state' | 'sources'>,
  id: string,
): Promise<LogEvidence | null> {
  const found = (await store.listNodes()).find((node) => node.id === id);
  if (found === undefined || found.address.kind === 'recorded' || !watch.hasEvents()) return null;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ANSWER_WITHIN_MS, null);
  });
  try {
    const { reader } = await watch.threads();
    const alerts = await Promise.race([reader.alerts({ states: null, node: id }), late]);
    if (alerts === null) return null;
    const from = new Date(clock.now().getTime() - COUNTED_MS).toISOString();
    return {
      sources: watch
        .sources()
        .filter(({ node, state, events }) => node === id && state !== 'failed' && events > 0).length,
      since: watch.state().since,
      alerts: alerts
        .flatMap(({ rule, entity, state, count, firstAt, lastAt, firstEvent, lastEvent }) => {
          const check = rule.leadsTo?.kind === 'check' ? rule.leadsTo.check : null;
          if (check === null || !CHECKS_OF_LOGS.includes(check) || lastAt < from) return [];
          const { title, level } = rule;
          return [{ check, title, level, entity, state, count, firstAt, lastAt, firstEvent, lastEvent }];
        })
        .slice(0, MOST_ALERTS),
    };
  } catch {
    // What cannot be read is not known; the page of the audit says why.
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Alerts whose state is kept in mind; of more, some are judged once too often. */
const MOST_SEEN = 10_000;
/** Milliseconds in which alerts that come together are judged once. */
const SETTLE_MS = 2_000;

/**
 * Judges a node again when an alert that a check asks for comes, or is settled by a person.
 * @returns what ends it
 */
export function judgeByLogs(
  { clock }: Pick<Context, 'clock'>,
  watch: Pick<AuditWatch, 'alerts'>,
  recheck: { of(node: string): Promise<void> },
): () => void {
  const seen = new Map<string, string>();
  const waiting = new Set<string>();
  let callOff = (): void => undefined;
  const unsubscribe = watch.alerts.onDelta((alerts) => {
    for (const { alert } of alerts) {
      const { leadsTo } = alert.rule;
      if (leadsTo?.kind !== 'check' || !CHECKS_OF_LOGS.includes(leadsTo.check)) continue;
      // Of an alert that only grows nothing is judged anew.
      if (seen.get(alert.id) === alert.state) continue;
      if (seen.size >= MOST_SEEN) seen.clear();
      seen.set(alert.id, alert.state);
      waiting.add(alert.node);
    }
    if (waiting.size === 0) return;
    callOff();
    callOff = clock.after(SETTLE_MS, () => {
      const nodes = [...waiting];
      waiting.clear();
      for (const node of nodes) void recheck.of(node).catch(() => undefined);
    });
  });
  return () => {
    unsubscribe();
    callOff();
  };
}

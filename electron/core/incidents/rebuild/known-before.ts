import type { Store } from '#core/store/store.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { levelOf } from '#shared/domain/level.ts';

/** Verdicts about a node at one moment, and the level that they make. */
export interface Verdicts {
  level: number | null;
  findings: Partial<Record<CheckId, FindingStatus>>;
}

/**
 * How the checks of a node stood at an instant, by what was written down of them. A check that nobody had looked at by then is left out.
 * @param at ISO 8601
 */
export async function verdictsAt(
  store: Pick<Store, 'findings' | 'history' | 'hasMycoswarm'>,
  node: string,
  at: string,
): Promise<Verdicts> {
  const findings: Partial<Record<CheckId, FindingStatus>> = {};
  for (const { check, status, since } of await store.findings({ node, check: null })) {
    if (Date.parse(since) <= Date.parse(at)) {
      findings[check] = status;
      continue;
    }
    const { changes } = await store.history({ node, check, fromDay: '9999-12-31' });
    const then = changes.findLast((change) => Date.parse(change.at) <= Date.parse(at));
    if (then !== undefined) findings[check] = then.status;
  }
  const has = (await store.hasMycoswarm()).some((one) => one.node === node && one.found);
  const told = (Object.keys(findings) as CheckId[]).map((check) => ({
    check,
    status: findings[check] ?? ('unknown' as const),
  }));
  return { level: levelOf(told, has && told.length > 0).level, findings };
}

/** How the checks of a node stand now, with when its facts were collected. */
export async function verdictsNow(
  store: Pick<Store, 'findings' | 'hasMycoswarm' | 'profile'>,
  node: string,
): Promise<Verdicts & { lookedAt: string | null }> {
  const all = await store.findings({ node, check: null });
  const has = (await store.hasMycoswarm()).some((one) => one.node === node && one.found);
  return {
    level: levelOf(all, has && all.length > 0).level,
    findings: Object.fromEntries(all.map(({ check, status }) => [check, status])),
    lookedAt: (await store.profile({ node }))?.collectedAt ?? null,
  };
}

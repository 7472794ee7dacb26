import type { Alert, RuleLevel } from '#shared/domain/audit/alert.ts';
import type { Settings } from '#shared/domain/settings.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, counted, listed } from '#shared/domain/words.ts';

const LEVELS: readonly RuleLevel[] = ['informational', 'low', 'medium', 'high', 'critical'];

/**
 * Milliseconds between digests, and in which single alerts are told by themselves at most so often. Those of a higher level do not
 * wait behind lower ones: who makes three small ones first would gain an hour.
 */
const DIGEST_MS = 3_600_000;
const AT_ONCE = 3;
const BURST_MS = 600_000;

type AuditSettings = Settings['audit'];

/** Whether an hour of the day lies in the quiet ones; from and to may cross midnight, and equal means never. */
export function isQuiet(hour: number, { quietFromHour: from, quietToHour: to }: AuditSettings): boolean {
  if (from === to) return false;
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** What is to be told about alerts: the first of each at once, the rest in a digest. */
export interface AlertNotices {
  /** @returns what to tell now; null when it waits for the digest */
  take(
    alert: Alert,
    woke: boolean,
    settings: AuditSettings,
    now: Date,
  ): { node: string | null; sentence: string } | null;
  /** To be called now and then. @returns what has gathered, when it is due; null when nothing is */
  digest(settings: AuditSettings, now: Date): { node: string | null; sentence: string } | null;
}

/** @param nodeName of a node by its id */
export function createAlertNotices(nodeName: (node: string) => string): AlertNotices {
  /** Alerts that grew or came quietly, since the last digest. */
  const gathered = new Map<string, { title: string; node: string; isNew: boolean }>();
  let told: { at: number; level: number }[] = [];
  let lastDigest: number | null = null;

  const gather = (alert: Alert, isNew: boolean): void => {
    const known = gathered.get(alert.id);
    gathered.set(alert.id, {
      title: alert.rule.title,
      node: alert.node,
      isNew: isNew || known?.isNew === true,
    });
  };

  return {
    take(alert, woke, settings, now) {
      if (alert.state !== 'new') return null;
      const at = now.getTime();
      // A clock that was set back must not keep anybody from being told.
      told = told.filter((one) => at - one.at < BURST_MS && one.at <= at);
      const level = LEVELS.indexOf(alert.rule.level);
      const loud = level >= LEVELS.indexOf(settings.notifyFrom);
      const before = told.filter((one) => one.level >= level).length;
      if (!woke || !loud || isQuiet(now.getHours(), settings) || before >= AT_ONCE) {
        lastDigest ??= at;
        gather(alert, woke);
        return null;
      }
      told.push({ at, level });
      const about = alert.entity === '' ? '' : `: ${alert.entity}`;
      return {
        node: alert.node,
        sentence: visible(`${nodeName(alert.node)}: ${alert.rule.title}${about}`).slice(0, 480),
      };
    },

    digest(settings, now) {
      const at = now.getTime();
      if (gathered.size === 0 || isQuiet(now.getHours(), settings)) return null;
      if (lastDigest !== null && at - lastDigest < DIGEST_MS && at >= lastDigest) return null;
      const entries = [...gathered.values()];
      gathered.clear();
      lastDigest = null;
      const fresh = entries.filter(({ isNew }) => isNew);
      const titles = [...new Set((fresh.length > 0 ? fresh : entries).map(({ title }) => title))];
      const nodes = new Set(entries.map(({ node }) => node));
      const [only] = nodes;
      const count =
        fresh.length > 0
          ? counted(fresh.length, 'more alert')
          : `${counted(entries.length, 'alert')} went on`;
      return {
        node: nodes.size === 1 ? (only ?? null) : null,
        sentence: visible(`${capital(count)}: ${listed(titles, 3, 'kind')}`).slice(0, 480),
      };
    },
  };
}

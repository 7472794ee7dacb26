import type { EventDraft } from '#core/ledger/ledger.ts';
import { ruleLevel } from '#shared/domain/audit/alert.ts';
import { OSV_ADDRESS } from '#shared/domain/dependencies/osv-address.ts';
import type { Settings } from '#shared/domain/settings.ts';

/** Whether the console is content with less, or looks less often, than before. A look on demand only is the rarest. */
const RELAXES: Readonly<Record<string, (from: number, to: number, written: string) => boolean>> = {
  lookEveryMinutes: (from, to) => (to === 0 ? from !== 0 : from !== 0 && to > from),
  secretMaxAgeDays: (from, to) => to > from,
  updateMaxAgeDays: (from, to) => to > from,
  clockToleranceMs: (from, to) => to > from,
  'audit.fullText': (from, to) => to < from,
  'audit.keepDays': (from, to) => to < from,
  'audit.keepMegabytes': (from, to) => to < from,
  'audit.learnDays': (from, to) => to > from,
  'audit.notifyFrom': (from, to) => to > from,
  // Who hands over other advisories decides what is known; and nothing was fetched unasked before.
  'advisories.address': (_from, _to, written) => written !== OSV_ADDRESS,
  'advisories.fetchDaily': (from, to) => to > from,
  'notifications.onChange': (from, to) => to < from,
  'notifications.weeklySummary': (from, to) => to < from,
};

/**
 * @returns the event of changed settings, with how each was; null when nothing that counts was changed. How the pages look
 *   does not count.
 */
export function settingsEvent(
  before: Settings,
  after: Settings,
): Extract<EventDraft, { kind: 'settings-changed' }> | null {
  const { theme: _, ...former } = before;
  const { theme: __, ...present } = after;
  const [was, is] = [flat(former), flat(present)];
  const changes = Object.keys(is)
    .filter((name) => was[name] !== is[name])
    .map((name) => ({
      setting: name,
      from: String(was[name]),
      to: String(is[name]),
      relaxes: RELAXES[name]?.(amountOf(was[name]), amountOf(is[name]), String(is[name])) ?? false,
    }));
  return changes.length === 0 ? null : { kind: 'settings-changed', where: null, what: { changes } };
}

/** A setting as an amount; of levels, how grave one is. */
function amountOf(value: unknown): number {
  const level = ruleLevel.safeParse(value);
  return level.success ? ruleLevel.options.indexOf(level.data) : Number(value);
}

/** Settings by their full names: `notifications.onChange`. */
function flat(value: object, before = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) =>
      typeof entry === 'object' && entry !== null && !Array.isArray(entry)
        ? Object.entries(flat(entry, `${before}${name}.`))
        : [[`${before}${name}`, entry]],
    ),
  );
}

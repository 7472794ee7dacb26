import type { Alert, RuleLevel } from '#shared/domain/audit/alert.ts';
import type { ShownStatus } from '../../../components/status-words.ts';

const LEVELS: readonly RuleLevel[] = ['informational', 'low', 'medium', 'high', 'critical'];
const STATES = ['new', 'acknowledged', 'resolved', 'silenced'] as const;

/** A state of an alert as icon and word. */
export const ALERT_STATES: Readonly<Record<Alert['state'], { status: ShownStatus; word: string }>> = {
  new: { status: 'review', word: 'New' },
  acknowledged: { status: 'unknown', word: 'Acknowledged' },
  resolved: { status: 'pass', word: 'Resolved' },
  silenced: { status: 'not-applicable', word: 'Silenced' },
};

/** A level in words of the house: how soon a person should look. */
export const LEVEL_WORDS: Readonly<Record<RuleLevel, string>> = {
  informational: 'to know',
  low: 'when there is time',
  medium: 'today',
  high: 'soon',
  critical: 'at once',
};

/** @returns alerts as they wait for a person: new before acknowledged, grave before slight, then the newest first */
export function urgentFirst(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort(
    (a, b) =>
      STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
      (a.state === 'new' ? LEVELS.indexOf(b.rule.level) - LEVELS.indexOf(a.rule.level) : 0) ||
      b.lastAt.localeCompare(a.lastAt),
  );
}

/** @returns whether an alert asks for a person */
export function isOpen({ state }: Pick<Alert, 'state'>): boolean {
  return state === 'new' || state === 'acknowledged';
}

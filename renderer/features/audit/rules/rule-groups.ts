import type { RuleInfo } from '#shared/domain/audit/alert.ts';

/** A rule with its noise. */
export interface KnownRule {
  rule: RuleInfo;
  alerts30Days: number;
  matches30Days: number;
  canFire: boolean;
  whyNot: string;
}

/** @returns rules by what a person can do about them: noisy ones first in their group, the others by title */
export function ruleGroups(rules: readonly KnownRule[]): Record<'noisy' | 'quiet' | 'idle', KnownRule[]> {
  const byTitle = (a: KnownRule, b: KnownRule) => a.rule.title.localeCompare(b.rule.title, 'en');
  const able = rules.filter(({ canFire }) => canFire);
  return {
    idle: rules.filter(({ canFire }) => !canFire).sort(byTitle),
    noisy: able
      .filter(({ matches30Days }) => matches30Days > 0)
      .sort((a, b) => b.matches30Days - a.matches30Days || byTitle(a, b)),
    quiet: able.filter(({ matches30Days }) => matches30Days === 0).sort(byTitle),
  };
}

/** @returns `214 matches, 1 alert`; empty for a rule that said nothing */
export function noiseWords({ matches30Days, alerts30Days }: KnownRule): string {
  if (matches30Days === 0) return '';
  const matches = `${matches30Days.toLocaleString('en')} ${matches30Days === 1 ? 'match' : 'matches'}`;
  return `${matches}, ${alerts30Days.toLocaleString('en')} ${alerts30Days === 1 ? 'alert' : 'alerts'}`;
}

/** @returns what correlations had to forget, and what that means for whoever reads */
export function letGoWords({ groups, entries }: { groups: number; entries: number }): string {
  const matches = `${entries.toLocaleString('en')} ${entries === 1 ? 'match' : 'matches'}`;
  const things =
    groups === 0 ? '' : ` of ${groups.toLocaleString('en')} ${groups === 1 ? 'thing' : 'things'}`;
  return `More came at once than correlations can hold: ${matches}${things} had to be forgotten before their time was over, so an alert over them may be missing. The events themselves are stored.`;
}

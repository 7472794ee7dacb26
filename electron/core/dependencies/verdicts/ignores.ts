import type { Severity } from '#shared/domain/dependencies/advisory.ts';
import type { DependencyFinding, DependencyIgnore } from '#shared/domain/dependencies/finding.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { WORST_SEVERITY_FIRST } from '#shared/domain/dependencies/worst-severity-first.ts';
import { versionKey } from '../versions/version-key.ts';

type Decided = Pick<DependencyFinding, 'ignored' | 'reopened'>;

function sameVersion(a: string, b: string | null): boolean {
  return a === b || (b !== null && versionKey(a) !== null && versionKey(a) === versionKey(b));
}

const rankOf = (severity: Severity): number => WORST_SEVERITY_FIRST.indexOf(severity);

/** Why a decision no longer holds; null while it does. */
function whyEnded(
  ignore: DependencyIgnore,
  finding: Pick<DependencyFinding, 'version' | 'fixed' | 'severity'>,
  now: Date,
): NonNullable<DependencyFinding['reopened']>['why'] | null {
  if (ignore.version !== null && !sameVersion(ignore.version, finding.version)) return 'version-changed';
  if (ignore.severity !== null && rankOf(finding.severity) < rankOf(ignore.severity)) return 'worse';
  if (ignore.untilFixed && finding.fixed.length > 0) return 'fixed';
  return ignore.until !== null && now.getTime() > Date.parse(ignore.until) ? 'ran-out' : null;
}

/**
 * What was decided about a finding. One that holds goes before one that does not; malware is never put aside.
 * @param ignores all decisions; they name the package and an id of the finding, or its kind where it has none
 */
export function decided(
  finding: Pick<DependencyFinding, 'package' | 'ids' | 'kind' | 'version' | 'fixed' | 'severity'>,
  ignores: readonly DependencyIgnore[],
  now: Date,
): Decided {
  const name = normalizedName(finding.package);
  const about = ignores.filter(
    (ignore) =>
      normalizedName(ignore.package) === name &&
      (finding.ids.includes(ignore.id) || (finding.ids.length === 0 && ignore.id === finding.kind)),
  );
  if (finding.kind === 'malware') return { ignored: null, reopened: null };
  let reopened: Decided['reopened'] = null;
  for (const ignore of about) {
    const why = whyEnded(ignore, finding, now);
    if (why === null) return { ignored: ignore, reopened: null };
    reopened ??= { ignore, why };
  }
  return { ignored: null, reopened };
}

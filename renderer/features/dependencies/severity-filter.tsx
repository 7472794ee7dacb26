import type { Severity } from '#shared/domain/dependencies/advisory.ts';
import type { PlacedFinding } from './report-groups.ts';
import { SEVERITY_WORDS } from './report-words.ts';

const ORDER: readonly Severity[] = ['critical', 'high', 'unrated', 'medium', 'low', 'none'];

export interface SeverityFilterProps {
  findings: readonly PlacedFinding[];
  /** Null: all of them. */
  chosen: Severity | null;
  onChoose: (severity: Severity | null) => void;
}

/** How many there are of each severity; a press leaves only these, another one brings all back. */
export function SeverityFilter({ findings, chosen, onChoose }: SeverityFilterProps) {
  const counts = new Map<Severity, number>();
  for (const { finding } of findings)
    if (finding.kind === 'vulnerability')
      counts.set(finding.severity, (counts.get(finding.severity) ?? 0) + 1);
  const present = ORDER.filter((severity) => counts.has(severity));
  if (present.length < 2 && chosen === null) return null;
  return (
    <fieldset className="severities">
      <legend className="visually-hidden">Only one severity</legend>
      {present.map((severity) => (
        <button
          key={severity}
          type="button"
          className="severities__one"
          aria-pressed={severity === chosen}
          onClick={() => onChoose(severity === chosen ? null : severity)}
        >
          {SEVERITY_WORDS[severity]} <span>{(counts.get(severity) ?? 0).toLocaleString('en')}</span>
        </button>
      ))}
    </fieldset>
  );
}

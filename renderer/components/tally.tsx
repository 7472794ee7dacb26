import type { Counts } from '#shared/contract/findings.ts';
import { StatusWord } from './status.tsx';
import './tally.css';

export interface TallyProps {
  counts: Counts;
  /** Without the quiet tail, for narrow places. */
  short?: boolean;
}

/** How many checks are how: "2 to fix · 3 to review · 9 fine", then quietly what does not count. Never a score. */
export function Tally({ counts, short = false }: TallyProps) {
  const tail = short ? [] : quietTail(counts);
  return (
    <p className="tally">
      {counts.fix > 0 ? <StatusWord status="fix">{counts.fix} to fix</StatusWord> : null}
      {counts.review > 0 ? <StatusWord status="review">{counts.review} to review</StatusWord> : null}
      {counts.pass > 0 ? <StatusWord status="pass">{counts.pass} fine</StatusWord> : null}
      {tail.length > 0 ? <span className="tally__tail">{tail.join(' · ')}</span> : null}
    </p>
  );
}

/** @returns the parts of the tail that are not zero: could not look, not in this version, accepted, do not apply */
export function quietTail(counts: Counts): string[] {
  const lacking = counts.lacking ?? 0;
  const unknown = counts.unknown - lacking;
  return [
    unknown > 0 && `${unknown} could not look`,
    lacking > 0 && `${lacking} not in this version`,
    counts.waived > 0 && `${counts.waived} accepted`,
    counts.notApplicable > 0 &&
      `${counts.notApplicable} ${counts.notApplicable === 1 ? 'does' : 'do'} not apply`,
  ].filter((part): part is string => part !== false);
}

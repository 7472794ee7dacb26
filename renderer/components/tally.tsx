import { countsInWords, groupWords } from '#shared/domain/counting.ts';
import type { Counts } from '#shared/domain/counts.ts';
import { StatusWord } from './status.tsx';
import './tally.css';

export interface TallyProps {
  counts: Counts;
  /** Without the quiet tail, for narrow places. */
  short?: boolean;
}

/** Groups that a person looks for, each in its colour, and those that are said quietly behind them. */
const LOUD = ['fix', 'review', 'pass'] as const;
const QUIET = ['unknown', 'lacking', 'waived', 'not-applicable'] as const;

/** How many checks are how: "2 to fix · 3 to review · 9 fine", then quietly what does not count. Never a score. */
export function Tally({ counts, short = false }: TallyProps) {
  const tail = short ? [] : countsInWords(counts, QUIET);
  return (
    <p className="tally">
      {LOUD.map((group) =>
        counts[group] > 0 ? (
          <StatusWord key={group} status={group}>
            {groupWords(group, counts[group])}
          </StatusWord>
        ) : null,
      )}
      {tail.length > 0 ? <span className="tally__tail">{tail.join(' · ')}</span> : null}
    </p>
  );
}

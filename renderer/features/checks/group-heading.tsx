import { ChevronDown } from 'lucide-react';
import { groupWords } from '#shared/domain/counting.ts';
import { StatusIcon } from '../../components/status.tsx';
import { count } from '../../components/time-words.ts';
import { groupStatus } from './group-status.ts';
import type { Group } from './triage.ts';

export interface GroupHeadingProps {
  group: Group;
  checks: number;
  id: string;
  onFold: () => void;
}

/** Heading of a group: folds it. Says how many findings there are when that differs from the number of checks. */
export function GroupHeading({ group, checks, id, onFold }: GroupHeadingProps) {
  const open = group.key === 'fix' || group.key === 'review';
  return (
    <h2 className={`group-heading status--${groupStatus(group.key)}`}>
      <button
        type="button"
        aria-expanded="true"
        data-item={id}
        className="group-heading__button"
        onClick={onFold}
      >
        <ChevronDown aria-hidden="true" className="group-heading__chevron" />
        <StatusIcon status={groupStatus(group.key)} />
        <span>{groupWords(group.key, checks)}</span>
        {open && group.rows.length !== checks ? (
          <span className="group-heading__note">{count(group.rows.length, 'finding')}</span>
        ) : null}
        {group.key === 'lacking' ? (
          <span className="group-heading__note">Nobody looked, so they never count as fine.</span>
        ) : null}
      </button>
    </h2>
  );
}

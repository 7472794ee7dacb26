import { type RefObject, useEffect, useRef } from 'react';
import { type CountGroup, groupWords } from '#shared/domain/counting.ts';
import { Button } from '../../components/button.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { groupStatus } from './group-status.ts';
import type { Group } from './triage.ts';

export interface FoldedFooterProps {
  /** Groups that are not shown above. */
  groups: readonly Group[];
  /** Checks in all groups. */
  checks: number;
  /** A group that was just folded: its word here takes the focus, and the wish is cleared. */
  wanted: RefObject<CountGroup | null>;
  onUnfold: (key: CountGroup) => void;
  onAll: () => void;
  onLess: () => void;
}

/** The foot of the page: says what is hidden, and each word unfolds what it names. */
export function FoldedFooter({ groups, checks, wanted, onUnfold, onAll, onLess }: FoldedFooterProps) {
  const foot = useRef<HTMLElement>(null);
  useEffect(() => {
    const button = foot.current?.querySelector<HTMLElement>(`[data-group="${wanted.current ?? ''}"]`);
    if (!button) return;
    wanted.current = null;
    button.focus();
  });
  return (
    <footer className="folded" ref={foot}>
      <span className="folded__title">{groups.length > 0 ? 'Folded' : 'Nothing is folded'}</span>
      {groups.map((group) => (
        <button
          key={group.key}
          data-group={group.key}
          type="button"
          className="folded__group"
          onClick={() => onUnfold(group.key)}
        >
          <StatusIcon status={groupStatus(group.key)} />
          <span className={`status--${groupStatus(group.key)}`}>{groupWords(group.key, group.checks)}</span>
        </button>
      ))}
      <span className="folded__all">
        {groups.length > 0 ? (
          <Button variant="link" onClick={onAll}>
            Show all {checks}
          </Button>
        ) : (
          <Button variant="link" onClick={onLess}>
            Show what is open
          </Button>
        )}
      </span>
    </footer>
  );
}

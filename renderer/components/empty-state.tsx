import type { ReactNode } from 'react';
import './empty-state.css';

export interface EmptyStateProps {
  /** Why there is nothing here, in one sentence. */
  sentence: string;
  /** The one thing to do about it. */
  action?: ReactNode;
}

/** One sentence and one action; never a drawing alone. */
export function EmptyState({ sentence, action }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <p>{sentence}</p>
      {action}
    </div>
  );
}

import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface WayProps {
  icon: LucideIcon;
  title: string;
  /** One or two short sentences. */
  words: ReactNode;
  /** What to press, at the right edge. */
  children: ReactNode;
}

/** One way in: a row with a name, what it means, and its button. */
export function Way({ icon: Icon, title, words, children }: WayProps) {
  return (
    <li className="way">
      <span className="way__icon">
        <Icon aria-hidden="true" />
      </span>
      <div className="way__words">
        <h2>{title}</h2>
        <p>{words}</p>
      </div>
      <div className="way__action">{children}</div>
    </li>
  );
}

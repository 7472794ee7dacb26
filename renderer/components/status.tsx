import {
  CalendarClock,
  CircleCheck,
  CircleQuestionMark,
  Eye,
  type LucideIcon,
  Minus,
  Moon,
  Wrench,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { type ShownStatus, statusWord } from './status-words.ts';
import './status.css';

const ICONS: Readonly<Record<ShownStatus, LucideIcon>> = {
  fix: Wrench,
  review: Eye,
  unknown: CircleQuestionMark,
  waived: CalendarClock,
  pass: CircleCheck,
  'not-applicable': Minus,
  asleep: Moon,
};

/** The icon of a status in its colour. Always beside a word; hidden from screen readers, which have the word. */
export function StatusIcon({ status, plain = false }: { status: ShownStatus; plain?: boolean }) {
  const Icon = ICONS[status];
  return <Icon aria-hidden="true" className={plain ? 'status-icon' : `status-icon status--${status}`} />;
}

export interface StatusWordProps {
  status: ShownStatus;
  /** Other words than the usual ones: `Stopped`, `2 to fix`. */
  children?: ReactNode;
  /** Icon coloured, word in the text colour. */
  quiet?: boolean;
}

/** Icon, word and colour together. */
export function StatusWord({ status, children, quiet = false }: StatusWordProps) {
  return (
    <span className={quiet ? 'status-word' : `status-word status--${status}`}>
      <StatusIcon status={status} />
      <span>{children ?? statusWord(status)}</span>
    </span>
  );
}

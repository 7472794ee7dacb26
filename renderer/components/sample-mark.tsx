import { Package } from 'lucide-react';
import './sample-mark.css';

export interface SampleMarkProps {
  /** Only the word, for rows and chips; else the whole sentence. */
  short?: boolean;
}

/** Says that what is shown was recorded from a real node and is not one of the operator's own. */
export function SampleMark({ short = false }: SampleMarkProps) {
  if (short) return <span className="sample-mark sample-mark--short">sample</span>;
  return (
    <p className="sample-mark" role="note">
      <Package aria-hidden="true" />
      <span>
        <strong>This is the sample node.</strong> It was recorded from a real node; nothing on it can change.
      </span>
    </p>
  );
}

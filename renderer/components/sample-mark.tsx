import { Package } from 'lucide-react';
import { visible } from '#shared/domain/text.ts';
import './sample-mark.css';

export interface SampleMarkProps {
  /** Only the word, for rows and chips; else the whole sentence, as a strip over the page. */
  short?: boolean;
  /** Which node it is, where others are shown too. */
  name?: string | undefined;
}

/** Says that what is shown was recorded from a real node and is not one of the operator's own. */
export function SampleMark({ short = false, name }: SampleMarkProps) {
  if (short) return <span className="sample-mark sample-mark--short">sample</span>;
  return (
    <p className="sample-mark" role="note">
      <Package aria-hidden="true" />
      <span>
        <strong>{name ? `${visible(name)} is the sample node.` : 'This is the sample node.'}</strong> It was
        recorded from a real node; nothing on it can change.
      </span>
    </p>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Package } from 'lucide-react';
import { isSample } from '#shared/domain/counting.ts';
import { visible } from '#shared/domain/text.ts';
import { orpc } from '../transport/queries.ts';
import './sample-mark.css';

export interface SampleMarkProps {
  /** Only the word, for rows and chips; else the whole sentence, as a strip over the page. */
  short?: boolean;
  /** Which node it is, where others are shown too. */
  name?: string | undefined;
}

/** Says that what is shown was recorded from a real node and is not one of the operator's own. */
export function SampleMark({ short = false, name }: SampleMarkProps) {
  const { data: nodes } = useQuery({ ...orpc.nodes.list.queryOptions(), enabled: !short });
  if (short) return <span className="sample-mark sample-mark--short">sample</span>;
  return (
    <p className="sample-mark" role="note">
      <Package aria-hidden="true" />
      <span>
        <strong>{name ? `${visible(name)} is the sample node.` : 'This is the sample node.'}</strong> It was
        recorded from a real node; nothing on it can change.
      </span>
      {nodes?.every(isSample) ? (
        <Link
          to="/setup/{-$node}"
          params={{ node: undefined }}
          search={{ add: true, node: undefined }}
          className="sample-mark__onward"
        >
          Add a node of your own
        </Link>
      ) : null}
    </p>
  );
}

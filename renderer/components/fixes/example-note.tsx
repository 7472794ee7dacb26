import { useQuery } from '@tanstack/react-query';
import { Package } from 'lucide-react';
import type { NodeId } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { orpc } from '../../transport/queries.ts';
import './example-note.css';

/** @returns whether plans for a node are examples, for it is a recording of one; undefined until that is known */
export function useIsExample(node: NodeId): boolean | undefined {
  const { data } = useQuery(orpc.nodes.list.queryOptions());
  return data && data.find(({ id }) => id === node)?.address.kind === 'recorded';
}

/** Instead of the button that would do it: why there is none, and where there would be one. */
export function ExampleNote({ nodeName }: { nodeName: string }) {
  return (
    <p className="example-note">
      <Package aria-hidden="true" />
      <span>
        <strong>This is an example: nothing on {visible(nodeName)} can be changed.</strong> On a node of your
        own, the button that does it stands here.
      </span>
    </p>
  );
}

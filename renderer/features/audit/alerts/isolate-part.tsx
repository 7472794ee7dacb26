import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { isolateByHand } from '#shared/domain/audit/isolate-by-hand.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from '../../../components/disclosure.tsx';
import { FixSteps } from '../../../components/fix-steps.tsx';
import { orpc } from '../../../transport/queries.ts';

export interface IsolatePartProps {
  alert: Alert;
  /** Unfolded from the beginning: the alert says that this is to be done. */
  open: boolean;
}

/** How a person isolates the node by hand, step by step: first the cable, then what its commands are, then the others. */
export function IsolatePart({ alert, open }: IsolatePartProps) {
  const node = useQuery(orpc.nodes.list.queryOptions()).data?.find(({ id }) => id === alert.node);
  const profile = useQuery(orpc.nodes.profile.queryOptions({ input: { node: alert.node } }));
  if (!node || (profile.data === undefined && !profile.isError)) return null;
  const name = visible(node.name);
  const steps = isolateByHand(
    { name, address: node.address, instances: profile.data?.effective?.instances ?? [] },
    alert.firstAt,
  );
  return (
    <section className="isolate" aria-label={`Isolate ${name} by hand`}>
      <Disclosure summary={`Isolate ${name} by hand`} note="what to do, step by step" defaultOpen={open}>
        <p className="isolate__first">
          <strong>Pull the network cable of {name}, or take it off the Wi-Fi.</strong> That is the surest.
          Leave it switched on, so that what is in its memory can still be looked at. Then, at {name} itself:
        </p>
        <FixSteps steps={steps} />
        <p>
          When that is done: give every other node a new swarm token, by the steps of{' '}
          <Link to="/checks" search={(before) => ({ ...before, check: 'swarm-secret', on: alert.node })}>
            Swarm secret
          </Link>
          . Take every key that {name} could read as known to others: end it where it was issued, and change
          passwords from another computer.
        </p>
      </Disclosure>
    </section>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { NodeId } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { client, orpc } from '../transport/queries.ts';
import { useLooks } from '../transport/use-live.ts';
import { Button, type ButtonVariant } from './button.tsx';
import { errorWords } from './error-state.tsx';
import { PasswordAsked } from './fixes/asked-elsewhere.tsx';
import { useIsExample } from './fixes/example-note.tsx';
import { isRunning } from './look-progress.tsx';
import './administrator-look.css';

export interface AdministratorLookProps {
  node: NodeId;
  nodeName: string;
  variant?: ButtonVariant;
  small?: boolean;
}

/**
 * Look once with the rights of an administrator. Where sudo needs a password it is asked for outside the page, which says where; a refusal and
 * a wrong password stay written here. Nothing for a recording, of which there is nothing more to see.
 */
export function AdministratorLook({
  node,
  nodeName,
  variant = 'outline',
  small = false,
}: AdministratorLookProps) {
  const example = useIsExample(node);
  const queries = useQueryClient();
  const running = useLooks().some((look) => look.node === node && isRunning(look));
  const order = useMutation({
    mutationKey: ['administrator-look', node],
    mutationFn: () => client.looks.start({ nodes: [node], administrator: true }),
    onSettled: () => void queries.invalidateQueries({ queryKey: orpc.questions.key() }),
  });
  if (example !== false) return null;
  const failed = order.isError ? errorWords(order.error, 'The look could not be started.') : null;
  return (
    <div className="administrator-look">
      <Button
        variant={variant}
        small={small}
        icon={<ShieldCheck aria-hidden="true" />}
        running={order.isPending ? 'Waiting for sudo' : running && 'Looking'}
        title={`Reads everything on ${visible(nodeName)} once, and changes nothing`}
        onClick={() => order.mutate()}
      >
        Look as administrator
      </Button>
      {order.isPending ? <PasswordAsked node={node} use="look" /> : null}
      {failed ? (
        <p className="administrator-look__failed" role="alert">
          {[failed.what, failed.untouched, failed.next].filter(Boolean).join(' ')}
        </p>
      ) : null}
    </div>
  );
}

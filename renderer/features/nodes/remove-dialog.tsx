import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { orpc } from '../../transport/queries.ts';
import { useNodeActions } from './use-node-actions.ts';

/** Changes of a node that are looked through for what still stands there. */
const LOOKED_THROUGH = 200;

export interface RemoveDialogProps {
  node: SwarmNode;
  onClose: () => void;
}

/** Asks before a node is forgotten: what stays on it, and the way to take that off it first. */
export function RemoveDialog({ node, onClose }: RemoveDialogProps) {
  const { remove } = useNodeActions();
  const name = visible(node.name);
  const recorded = node.address.kind === 'recorded';
  const available = useQuery(
    orpc.fixes.available.queryOptions({ input: { node: node.id }, enabled: !recorded }),
  );
  const list = useQuery(
    orpc.fixes.list.queryOptions({ input: { node: node.id, limit: LOOKED_THROUGH }, enabled: !recorded }),
  );
  const access = available.isPlaceholderData ? undefined : available.data?.access;
  const kept = (list.isPlaceholderData ? undefined : list.data?.changes)?.filter(
    ({ purpose, undo }) => purpose !== 'undo' && purpose !== 'remove' && undo.possible,
  );
  const installed = access?.installed === true;
  const leaves = installed || (kept?.length ?? 0) > 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Remove ${name} from this list?`}
      description={`Swarmkeep forgets ${name} and its findings, and looks there no more. ${recorded ? 'They are recorded facts: there is no machine behind them.' : 'Nothing on it is changed.'} You can bring it back in this window, until the console restarts.`}
      actions={
        <>
          {leaves ? (
            <Link
              to="/plan"
              search={(before) => ({ ...before, do: 'remove', on: node.id })}
              className={buttonClass('filled')}
            >
              Remove Swarmkeep from it first…
            </Link>
          ) : null}
          <Button
            variant={leaves ? 'outline' : 'filled'}
            onClick={() => {
              remove.mutate(node);
              onClose();
            }}
          >
            {leaves ? 'Remove it all the same' : 'Remove from this list'}
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      {recorded ? null : <Stays name={name} installed={installed} kept={kept?.length} away={access?.away} />}
    </Dialog>
  );
}

interface StaysProps {
  name: string;
  installed: boolean;
  /** Undefined while it is being read. */
  kept: number | undefined;
  away: boolean | undefined;
}

/** What of Swarmkeep stays on the machine when it is forgotten here. */
function Stays({ name, installed, kept, away }: StaysProps) {
  if (kept === undefined) return <p role="status">Reading what of Swarmkeep is on {name}…</p>;
  const parts = [
    ...(installed ? ['the helper, which does changes as administrator'] : []),
    ...(kept > 0
      ? [`${counted(kept, 'change')} that Swarmkeep made and can undo only while it is listed`]
      : []),
  ];
  if (parts.length > 0)
    return (
      <p>
        <strong>What stays on {name}:</strong> {parts.join(', and ')}.
      </p>
    );
  return (
    <p>
      {away
        ? `${name} does not answer now, so whether the helper is on it is not known.`
        : `Nothing of Swarmkeep is on ${name}.`}
    </p>
  );
}

import { Button } from '../../components/button.tsx';
import { useNodeActions, useRemovedNodes } from './use-node-actions.ts';

/** Undo where the change is listed: nodes that were removed, until the console restarts. */
export function RemovedNodes() {
  const removed = useRemovedNodes();
  const { restore } = useNodeActions();
  if (removed.length === 0) return null;
  return (
    <ul className="removed-nodes" aria-label="Removed nodes">
      {removed.map((entry) => (
        <li key={entry.undo}>
          <span>
            {entry.name} was removed. It can be brought back in this window, until the console restarts.
          </span>
          <Button variant="link" onClick={() => restore.mutate(entry)}>
            Undo
          </Button>
        </li>
      ))}
    </ul>
  );
}

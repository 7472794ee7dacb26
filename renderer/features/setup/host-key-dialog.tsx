import type { HostKey } from '#shared/contract/nodes.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import type { AddingProblem } from './adding.ts';
import './host-key-dialog.css';

export interface HostKeyDialogProps {
  host: string;
  keys: readonly HostKey[];
  /** The node is being added. */
  adding: boolean;
  problem: AddingProblem | null;
  onClose: () => void;
  onConfirm: () => void;
}

/** Shows the keys by which a machine names itself; nothing is trusted before the operator says so. */
export function HostKeyDialog({ host, keys, adding, problem, onClose, onConfirm }: HostKeyDialogProps) {
  if (keys.length === 0) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={`${host} showed no host key.`}
        description="It answered, but not as an SSH server does. Nothing was added."
        actions={<Button onClick={onClose}>Close</Button>}
      />
    );
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={`Is this really ${host}?`}
      description="This is how the machine names itself. Compare one of these with what is shown on the node itself; a stranger in between would show another."
      actions={
        <>
          <Button variant="filled" running={adding && 'Adding it'} onClick={onConfirm}>
            Yes, this is {host.length <= 24 ? host : 'it'}
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <ul className="host-keys">
        {keys.map((key) => (
          <li key={key.line}>
            <span className="host-keys__type">{visible(key.type)}</span>
            <code>{visible(key.fingerprint)}</code>
            <CopyButton text={key.fingerprint} label={`Copy the fingerprint of ${visible(key.type)}`} />
          </li>
        ))}
      </ul>
      <Disclosure summary="How do I see it on the node?">
        <div className="host-keys__how">
          <p>With keyboard and screen at the node, or in a session that you already trust, run:</p>
          <pre>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</pre>
        </div>
      </Disclosure>
      {problem ? <ErrorState inline {...problem} /> : null}
    </Dialog>
  );
}

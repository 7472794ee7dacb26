import { useId, useState } from 'react';
import type { HostKey } from '#shared/contract/nodes.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import type { AddingProblem } from './adding.ts';
import './host-key-dialog.css';

export interface HostKeyDialogProps {
  host: string;
  keys: readonly HostKey[];
  /** The node is being added. */
  adding: boolean;
  problem: AddingProblem | null;
  onClose: () => void;
  /** @param identityFile path of a private key as typed; empty for the keys that OpenSSH finds itself */
  onConfirm: (identityFile: string) => void;
}

/** Shows the keys by which a machine names itself; nothing is trusted before the operator says so. */
export function HostKeyDialog({ host, keys, adding, problem, onClose, onConfirm }: HostKeyDialogProps) {
  const form = useId();
  const [identityFile, setIdentityFile] = useState('');
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
  const keyFile = (
    <TextField
      label="Key file (optional)"
      hint="The whole path of a private key on this computer. Without it, OpenSSH uses the keys it finds itself."
      mono
      maxLength={4_096}
      value={identityFile}
      onChange={(event) => setIdentityFile(event.target.value)}
    />
  );
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={`Is this really ${host}?`}
      description="This is how the machine names itself. Compare one of these with what is shown on the node itself; a stranger in between would show another."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={adding && 'Adding it'}>
            {problem ? 'Try again' : `Yes, this is ${host.length <= 24 ? host : 'it'}`}
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
      <form
        id={form}
        className="host-keys__way"
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm(identityFile.trim());
        }}
      >
        {problem ? (
          // The operator can do nothing with the code here; the sentence and what to do are what counts.
          <ErrorState inline what={problem.what} untouched={problem.untouched} next={problem.next} />
        ) : null}
        {problem ? (
          <p>
            <code>ssh-add</code> hands one of your keys to the SSH agent on this computer, which then answers
            for you without asking for its passphrase again.
          </p>
        ) : null}
        {problem ? keyFile : <Disclosure summary="Use a key file that I choose">{keyFile}</Disclosure>}
      </form>
    </Dialog>
  );
}

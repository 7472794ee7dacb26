import { useId, useState } from 'react';
import type { HostKey } from '#shared/contract/nodes.ts';
import { visible } from '#shared/domain/text.ts';
import type { AddingProblem } from './adding.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';
import { Disclosure } from './disclosure.tsx';
import { ErrorState } from './error-state.tsx';
import { TextField } from './field.tsx';
import './host-key-dialog.css';

export interface HostKeyDialogProps {
  host: string;
  keys: readonly HostKey[];
  /** The node is being added. */
  adding: boolean;
  problem: AddingProblem | null;
  /** Path of a private key that is known already. */
  keyFile?: string | undefined;
  /** Nobody said yet as whom to log in: ask for it. */
  asksUser?: boolean;
  onClose: () => void;
  /**
   * @param identityFile path of a private key as typed; empty for the keys that OpenSSH finds itself
   * @param user login name as typed; empty for the one of this account
   */
  onConfirm: (identityFile: string, user: string) => void;
}

/** A login name as the core takes it. */
const LOGIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;

/** Shows the keys by which a machine names itself; nothing is trusted before the operator says so. */
export function HostKeyDialog({
  host,
  keys,
  adding,
  problem,
  keyFile: known = '',
  asksUser = false,
  onClose,
  onConfirm,
}: HostKeyDialogProps) {
  const form = useId();
  const [identityFile, setIdentityFile] = useState(known);
  const [user, setUser] = useState('');
  const wrongUser = user.trim() !== '' && !LOGIN_NAME.test(user.trim());
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
          if (!wrongUser) onConfirm(identityFile.trim(), user.trim());
        }}
      >
        {asksUser ? (
          <TextField
            label="Log in as (optional)"
            hint="Your account on the node. Without it, the name of your account on this computer."
            mono
            autoCapitalize="none"
            maxLength={32}
            value={user}
            error={wrongUser ? 'A login name has letters, digits, dots and dashes only.' : null}
            onChange={(event) => setUser(event.target.value)}
          />
        ) : null}
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
        {problem || known !== '' ? (
          keyFile
        ) : (
          <Disclosure summary="Use a key file that I choose">{keyFile}</Disclosure>
        )}
      </form>
    </Dialog>
  );
}

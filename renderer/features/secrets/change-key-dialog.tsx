import { useState } from 'react';
import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { client } from '../../transport/queries.ts';
import { NewPassphrase, problemWith } from './new-passphrase.tsx';
import { NO_PROOF, ProofField, proofInput } from './proof-field.tsx';
import { useTyped } from './use-typed.ts';

export interface ChangeKeyDialogProps {
  state: SealedState;
  /** The key ring of the desktop could keep the key. */
  desktop: boolean;
  onClose: () => void;
}

/** Another passphrase, or the key in the key ring of the desktop. The secrets and the sheet stay as they are. */
export function ChangeKeyDialog({ state, desktop, onClose }: ChangeKeyDialogProps) {
  const hasPassphrase = state.keyPlace === 'passphrase';
  const [proof, setProof] = useState(NO_PROOF);
  const [typed, setTyped] = useState({ first: '', second: '' });
  const [problem, setProblem] = useState<string | null>(null);
  const { busy, error, run, clear } = useTyped();

  const change = (toDesktop: boolean) => {
    const wrong = toDesktop ? null : problemWith(typed);
    setProblem(wrong);
    if (wrong !== null) return;
    void run(async () => {
      await client.sealed.changeKey({
        proof: hasPassphrase ? proofInput(proof) : { kind: 'consent' },
        wish: toDesktop
          ? { keyPlace: 'secret-service' }
          : { keyPlace: 'passphrase', passphrase: typed.first },
      });
      onClose();
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={hasPassphrase ? 'Change the passphrase' : 'Use a passphrase'}
      description="Secrets and recovery sheet stay as they are."
      actions={
        <>
          <Button variant="filled" running={busy && 'Changing'} onClick={() => change(false)}>
            Change it
          </Button>
          {hasPassphrase && desktop ? (
            <Button onClick={() => change(true)}>Use the key ring of this desktop</Button>
          ) : null}
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      {hasPassphrase ? (
        <ProofField
          proof={proof}
          error={error}
          hasPassphrase
          onChange={(next) => {
            clear();
            setProof(next);
          }}
        />
      ) : (
        <p role="status">{error ?? 'You are asked in the window or terminal of Swarmkeep, not here.'}</p>
      )}
      <NewPassphrase
        typed={typed}
        error={problem}
        onChange={(next) => {
          setProblem(null);
          setTyped(next);
        }}
      />
    </Dialog>
  );
}

import { useState } from 'react';
import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { client } from '../../transport/queries.ts';
import { NO_PROOF, ProofField, proofInput } from './proof-field.tsx';
import { useTyped } from './use-typed.ts';

/** Opens the sealed store: by the passphrase, or by the sheet. */
export function UnlockDialog({ state, onClose }: { state: SealedState; onClose: () => void }) {
  const hasPassphrase = state.keyPlace === 'passphrase';
  const [proof, setProof] = useState({
    ...NO_PROOF,
    kind: hasPassphrase ? NO_PROOF.kind : ('sheet' as const),
  });
  const { busy, error, run, clear } = useTyped();
  const unlock = () =>
    run(async () => {
      await client.sealed.unlock(proofInput(proof));
      onClose();
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Unlock the sealed store"
      description="It locks itself again after a quarter of an hour without use, and when Swarmkeep ends."
      actions={
        <>
          <Button variant="filled" running={busy && 'Trying'} onClick={() => void unlock()}>
            Unlock
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void unlock();
        }}
      >
        <ProofField
          proof={proof}
          error={error}
          hasPassphrase={hasPassphrase}
          onChange={(next) => {
            clear();
            setProof(next);
          }}
        />
      </form>
    </Dialog>
  );
}

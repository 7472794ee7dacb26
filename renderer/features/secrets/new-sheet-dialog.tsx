import { useState } from 'react';
import type { MadeSheet } from '#shared/contract/sealed.ts';
import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { client } from '../../transport/queries.ts';
import { NO_PROOF, ProofField, proofInput } from './proof-field.tsx';
import { useTyped } from './use-typed.ts';

export interface NewSheetDialogProps {
  state: SealedState;
  onClose: () => void;
  onSheet: (sheet: MadeSheet) => void;
}

/** Makes another recovery sheet. A store that asks for no passphrase has the question asked outside the page. */
export function NewSheetDialog({ state, onClose, onSheet }: NewSheetDialogProps) {
  const hasPassphrase = state.keyPlace === 'passphrase';
  const [proof, setProof] = useState(NO_PROOF);
  const { busy, error, run, clear } = useTyped();
  const make = () =>
    run(async () => {
      const given = hasPassphrase ? proofInput(proof) : ({ kind: 'consent' } as const);
      onSheet(await client.sealed.newSheet({ proof: given }));
      onClose();
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Make a new recovery sheet"
      description="The sheet before opens nothing any more: burn it."
      actions={
        <>
          <Button
            variant="filled"
            running={busy && (hasPassphrase ? 'Trying' : 'Waiting for your yes')}
            onClick={() => void make()}
          >
            Make a new sheet
          </Button>
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
    </Dialog>
  );
}

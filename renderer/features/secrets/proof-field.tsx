import type { KeyProofInput } from '#shared/contract/sealed.ts';
import { Button } from '../../components/button.tsx';
import { TextAreaField, TextField } from '../../components/field.tsx';

/** What a person typed to show that it is they. It lives in the dialog alone and goes with it. */
export interface Proof {
  kind: 'passphrase' | 'sheet';
  text: string;
}

export const NO_PROOF: Proof = { kind: 'passphrase', text: '' };

/** @returns the proof as the console takes it */
export function proofInput({ kind, text }: Proof): KeyProofInput {
  return kind === 'sheet' ? { kind, sheet: text } : { kind, passphrase: text };
}

export interface ProofFieldProps {
  proof: Proof;
  onChange: (proof: Proof) => void;
  error: string | null;
  /** The store has a passphrase; else there is only the sheet. */
  hasPassphrase: boolean;
}

/** The passphrase, or the sheet when it is lost. */
export function ProofField({ proof, onChange, error, hasPassphrase }: ProofFieldProps) {
  const bySheet = proof.kind === 'sheet' || !hasPassphrase;
  return (
    <div className="proof">
      {bySheet ? (
        <TextAreaField
          label="Recovery sheet"
          hint="14 groups of five, in their order. Spaces and capital letters do not matter."
          error={error}
          value={proof.text}
          maxLength={512}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => onChange({ kind: 'sheet', text: target.value })}
        />
      ) : (
        <TextField
          label="Passphrase"
          type="password"
          autoComplete="off"
          error={error}
          value={proof.text}
          maxLength={512}
          onChange={({ target }) => onChange({ kind: 'passphrase', text: target.value })}
        />
      )}
      {hasPassphrase ? (
        <Button variant="link" onClick={() => onChange({ kind: bySheet ? 'passphrase' : 'sheet', text: '' })}>
          {bySheet ? 'Type the passphrase instead' : 'Type the recovery sheet instead'}
        </Button>
      ) : null}
    </div>
  );
}

import { TextField } from '../../components/field.tsx';

/** Characters that a passphrase has at least; the console says the same. */
export const SHORTEST = 12;

export interface TypedTwice {
  first: string;
  second: string;
}

/** @returns what is wrong with it, in one sentence; null when it can be taken */
export function problemWith({ first, second }: TypedTwice): string | null {
  if ([...first].length < SHORTEST) return `A passphrase needs at least ${SHORTEST} characters.`;
  return first === second ? null : 'The two are not the same.';
}

export interface NewPassphraseProps {
  typed: TypedTwice;
  onChange: (typed: TypedTwice) => void;
  error: string | null;
}

/** A new passphrase, typed twice. */
export function NewPassphrase({ typed, onChange, error }: NewPassphraseProps) {
  return (
    <>
      <TextField
        label="New passphrase"
        type="password"
        autoComplete="new-password"
        hint="Five words that have nothing to do with each other are easy to keep and hard to guess."
        value={typed.first}
        maxLength={512}
        onChange={({ target }) => onChange({ ...typed, first: target.value })}
      />
      <TextField
        label="The same again"
        type="password"
        autoComplete="new-password"
        error={error}
        value={typed.second}
        maxLength={512}
        onChange={({ target }) => onChange({ ...typed, second: target.value })}
      />
    </>
  );
}

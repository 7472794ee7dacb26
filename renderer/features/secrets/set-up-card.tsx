import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { MadeSheet } from '#shared/contract/sealed.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { FixCard } from '../../components/fix-card.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { NewPassphrase, problemWith } from './new-passphrase.tsx';
import { useTyped } from './use-typed.ts';

export interface SetUpCardProps {
  onSheet: (sheet: MadeSheet) => void;
  onLeave: () => void;
}

/** The first thing before any rotation: a place for the secrets, of which only the operator has the key. */
export function SetUpCard({ onSheet, onLeave }: SetUpCardProps) {
  const desktop = useQuery(orpc.sealed.desktop.queryOptions());
  const [typed, setTyped] = useState({ first: '', second: '' });
  const [chosen, setChosen] = useState<'desktop' | 'passphrase' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { busy, error, run } = useTyped();
  const real = desktop.data?.real === true;
  const way = chosen ?? (real ? 'desktop' : 'passphrase');

  const setUp = () => {
    const wrong = way === 'desktop' ? null : problemWith(typed);
    setProblem(wrong);
    if (wrong !== null) return;
    void run(async () => {
      const sheet = await client.sealed.setUp(
        way === 'desktop'
          ? { keyPlace: 'secret-service' }
          : { keyPlace: 'passphrase', passphrase: typed.first },
      );
      setTyped({ first: '', second: '' });
      onSheet(sheet);
    });
  };

  return (
    <FixCard
      title="A place for the secrets"
      takesEffect="At once, on this computer only. No node is asked or changed."
      ifItGoesWrong="A sheet of paper, made in the next step, opens it when the passphrase or this computer is lost."
      actions={
        <>
          <Button variant="filled" running={busy && 'Making the key'} onClick={setUp}>
            Set it up
          </Button>
          <Button variant="plain" onClick={onLeave}>
            Not now
          </Button>
        </>
      }
    >
      <div className="set-up">
        <p className="secrets__note">
          A rotation that is interrupted must not lose the new secret. So this console keeps it, encrypted
          (AES-256), before any node gets it. Who has the key?
        </p>
        <fieldset className="set-up__ways">
          <legend className="visually-hidden">Who has the key</legend>
          <Way
            name="The key ring of this desktop"
            words={
              desktop.isPending
                ? 'Trying it…'
                : real
                  ? 'It was tried: it keeps what it is given, and encrypted. Open while you are logged in.'
                  : `Not here: ${visible(desktop.data?.why ?? 'it could not be tried.')}`
            }
            checked={way === 'desktop'}
            disabled={!real}
            onChoose={() => setChosen('desktop')}
          />
          <Way
            name="A passphrase"
            words="Asked for when a secret is needed. Forgotten after a quarter of an hour without use."
            checked={way === 'passphrase'}
            onChoose={() => setChosen('passphrase')}
          />
        </fieldset>
        {way === 'passphrase' ? (
          <div className="set-up__fields">
            <NewPassphrase
              typed={typed}
              error={problem}
              onChange={(next) => {
                setProblem(null);
                setTyped(next);
              }}
            />
          </div>
        ) : null}
        {error ? (
          <p className="field__error" role="alert">
            {error}
          </p>
        ) : null}
      </div>
    </FixCard>
  );
}

interface WayProps {
  name: string;
  words: string;
  checked: boolean;
  disabled?: boolean;
  onChoose: () => void;
}

function Way({ name, words, checked, disabled = false, onChoose }: WayProps) {
  return (
    <label className={checked ? 'way-line way-line--chosen' : 'way-line'}>
      <input type="radio" name="key-place" checked={checked} disabled={disabled} onChange={onChoose} />
      <span>
        <span className="way-line__name">{name}</span>
        <span className="way-line__words">{words}</span>
      </span>
    </label>
  );
}

import { Printer } from 'lucide-react';
import { useState } from 'react';
import type { MadeSheet } from '#shared/contract/sealed.ts';
import { Button } from '../../components/button.tsx';
import { errorWords } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { exactTime } from '../../components/time-words.ts';
import { client } from '../../transport/queries.ts';
import './sheet-view.css';

export interface SheetViewProps {
  sheet: MadeSheet;
  onDone: () => void;
}

/** The recovery sheet, shown once: to be printed or copied by hand, and read back from the paper. */
export function SheetView({ sheet, onDone }: SheetViewProps) {
  const [typed, setTyped] = useState(['', '']);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function confirm(): Promise<void> {
    setBusy(true);
    try {
      await client.sealed.confirmSheet({ groups: typed });
      onDone();
    } catch (error) {
      setProblem(errorWords(error, 'It could not be confirmed.').what);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="sheet">
      <div className="no-print">
        <PageHeader
          sentence="Print this sheet: it is shown once."
          lead="With it you open the secrets of this console when the passphrase is lost, or this computer is. Keep it where you keep your passport, not in a computer."
          actions={
            <Button variant="filled" icon={<Printer aria-hidden="true" />} onClick={() => window.print()}>
              Print
            </Button>
          }
        />
      </div>
      <article className="sheet__paper" aria-label="Recovery sheet">
        <header>
          <h2>Swarmkeep recovery sheet</h2>
          <p>
            Store <code>{sheet.store}</code> · made {exactTime(sheet.madeAt)}
          </p>
        </header>
        <ol className="sheet__groups">
          {sheet.groups.map((group, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: groups have no name but their number
            <li key={index}>
              <span className="sheet__number">{index + 1}</span>
              <code>{group}</code>
            </li>
          ))}
        </ol>
        <ul className="sheet__how">
          <li>Whoever has this sheet and the files of the console can read its secrets.</li>
          <li>
            To open: page Secrets, “Unlock”, “Type the recovery sheet”. Capital or small letters, with or
            without spaces.
          </li>
          <li>
            The fifth character of each group checks it: a slip is named. There is no I, L, O or U in it.
          </li>
          <li>A newer sheet makes this one void.</li>
        </ul>
      </article>
      <form
        className="sheet__check no-print"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <p>Read two groups back from the paper, so that we both know it is in your hands.</p>
        <div className="sheet__fields">
          {sheet.asked.map((number, index) => (
            <TextField
              key={number}
              label={`Group ${number}`}
              mono
              value={typed[index] ?? ''}
              maxLength={16}
              onChange={({ target }) => {
                setProblem(null);
                setTyped((now) => now.map((text, at) => (at === index ? target.value : text)));
              }}
            />
          ))}
        </div>
        {problem ? (
          <p className="field__error" role="alert">
            {problem}
          </p>
        ) : null}
        <div className="sheet__actions">
          <Button type="submit" running={busy && 'Comparing'}>
            I have it on paper
          </Button>
          <Button variant="plain" onClick={onDone}>
            Later: make a new sheet then
          </Button>
        </div>
      </form>
    </div>
  );
}

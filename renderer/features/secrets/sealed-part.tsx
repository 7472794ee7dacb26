import { useQuery } from '@tanstack/react-query';
import { Lock, LockOpen, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import type { MadeSheet } from '#shared/contract/sealed.ts';
import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { ChangeKeyDialog } from './change-key-dialog.tsx';
import { NewSheetDialog } from './new-sheet-dialog.tsx';

export interface SealedPartProps {
  state: SealedState;
  onUnlock: () => void;
  onSheet: (sheet: MadeSheet) => void;
}

/** Where the console keeps the secrets that it made, and who has the key. */
export function SealedPart({ state, onUnlock, onSheet }: SealedPartProps) {
  const [asking, setAsking] = useState<'key' | 'sheet' | null>(null);
  const desktop = useQuery(orpc.sealed.desktop.queryOptions({ enabled: asking === 'key' }));
  if (state.is === 'not-set-up') return null;
  if (state.is === 'damaged') {
    return (
      <section className="secrets__part">
        <ErrorState
          inline
          what={visible(state.why ?? 'The sealed store cannot be used.')}
          untouched="The file was left exactly as it is, and no node was touched."
          next="Put sealed.json back from a backup of this console. Without one, move it aside and set the store up anew."
        />
      </section>
    );
  }
  const open = state.is === 'open';
  const Icon = open ? LockOpen : Lock;
  const place = state.keyPlace === 'secret-service' ? 'the key ring of your desktop' : 'your passphrase';
  return (
    <section className="secrets__part">
      <SectionHeading title="Sealed store" note={`${counted(state.secrets, 'secret')}, opened by ${place}`} />
      <ul className="secrets__rows">
        <li className="secrets__line">
          <span className="split__state">
            <Icon aria-hidden="true" />
            {open ? 'Open' : 'Locked'}
          </span>
          <span className="secrets__detail">
            {open ? openWords(state) : visible(state.why ?? 'Nobody can read it before it is unlocked.')}
          </span>
          {open ? (
            <Button small onClick={() => void client.sealed.lock({})}>
              Lock now
            </Button>
          ) : (
            <Button small onClick={onUnlock}>
              Unlock
            </Button>
          )}
        </li>
        <li className="secrets__line">
          <span className={state.sheetConfirmedAt ? 'split__state' : 'split__state split__state--review'}>
            {state.sheetConfirmedAt ? null : <ShieldAlert aria-hidden="true" />}
            Recovery sheet
          </span>
          <span className="secrets__detail">
            {state.sheetConfirmedAt ? (
              <>
                on paper, read back <RelativeTime at={state.sheetConfirmedAt} />
              </>
            ) : (
              'Nobody has read it back from paper yet. Without passphrase and sheet the secrets are lost.'
            )}
          </span>
          <Button small onClick={() => setAsking('sheet')}>
            Make a new sheet…
          </Button>
        </li>
        <li className="secrets__line">
          <span className="split__state">Key</span>
          <span className="secrets__detail">lies with {place}</span>
          <Button small onClick={() => setAsking('key')}>
            {state.keyPlace === 'passphrase' ? 'Change the passphrase…' : 'Use a passphrase…'}
          </Button>
        </li>
      </ul>
      {asking === 'sheet' ? (
        <NewSheetDialog state={state} onClose={() => setAsking(null)} onSheet={onSheet} />
      ) : null}
      {asking === 'key' ? (
        <ChangeKeyDialog
          state={state}
          desktop={desktop.data?.real === true}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </section>
  );
}

function openWords({ locksAt }: SealedState) {
  if (locksAt === null) return 'kept open by work that runs';
  return (
    <>
      locks itself <RelativeTime at={locksAt} /> if nothing needs it
    </>
  );
}

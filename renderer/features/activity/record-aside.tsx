import { useState } from 'react';
import type { ActivityState } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusWord } from '../../components/status.tsx';
import { CheckAgainstDialog } from './check-against-dialog.tsx';
import { CheckpointDialog } from './checkpoint-dialog.tsx';
import type { Verifying } from './use-verification.ts';

/** Beside the list: how far the record is verified and against what, who signs it, and what can be kept elsewhere. */
export function RecordAside({ state, verifying }: { state: ActivityState; verifying: Verifying }) {
  const [dialog, setDialog] = useState<'save' | 'check' | null>(null);
  const { result } = verifying;
  return (
    <aside className="record" aria-label="The record">
      <h2>The record</h2>
      <p className="record__state" role="status">
        {result ? (
          result.verified ? (
            <StatusWord status="pass">verified up to {result.upTo.toLocaleString('en')}</StatusWord>
          ) : (
            <StatusWord status="fix">not as recorded</StatusWord>
          )
        ) : (
          <StatusWord status="unknown">{verifying.error ? 'not verified' : 'verifying'}</StatusWord>
        )}
        {result ? (
          <span className="record__when">
            <RelativeTime at={result.checkedAt} />, in{' '}
            {result.tookMs < 1_000
              ? `${Math.max(1, Math.round(result.tookMs))} ms`
              : `${(result.tookMs / 1_000).toFixed(1)} s`}
          </span>
        ) : null}
      </p>
      <div className="record__buttons">
        <Button variant="filled" onClick={() => setDialog('save')}>
          Save a checkpoint…
        </Button>
        <Button onClick={() => setDialog('check')}>Check against a saved one…</Button>
        <Button variant="plain" running={verifying.running && 'Verifying'} onClick={verifying.verify}>
          Verify now
        </Button>
      </div>
      <dl className="record__facts">
        <div>
          <dt>Against</dt>
          <dd>
            {result?.against === 'elsewhere'
              ? 'a checkpoint kept elsewhere'
              : 'this console’s own checkpoints'}
          </dd>
        </div>
        {state.newestAt ? (
          <div>
            <dt>Newest event</dt>
            <dd>
              <RelativeTime at={state.newestAt} />
            </dd>
          </div>
        ) : null}
        <div>
          <dt>Signed with a key kept in</dt>
          <dd>a file that only this account can read</dd>
        </div>
        {state.verifierKey ? (
          <div>
            <dt>Verifier key, to give to others</dt>
            <dd className="record__key">
              <code>{visible(state.verifierKey)}</code>
              <CopyButton text={state.verifierKey} label="Copy the verifier key" />
            </dd>
          </div>
        ) : null}
      </dl>
      {dialog === 'save' ? <CheckpointDialog onClose={() => setDialog(null)} /> : null}
      {dialog === 'check' ? <CheckAgainstDialog onClose={() => setDialog(null)} /> : null}
    </aside>
  );
}

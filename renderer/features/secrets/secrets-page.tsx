import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { MadeSheet } from '#shared/contract/sealed.ts';
import type { RotationAsked } from '#shared/domain/rotation/wish.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { RelativeTime, useNow } from '../../components/relative-time.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { HistoryPart } from './history-part.tsx';
import { NodeList } from './node-list.tsx';
import { PreflightCard } from './preflight-card.tsx';
import { ReminderPart } from './reminder-part.tsx';
import { RunView } from './run-view.tsx';
import { SealedPart } from './sealed-part.tsx';
import { secretsSentence } from './secrets-sentence.ts';
import { SetUpCard } from './set-up-card.tsx';
import { SheetView } from './sheet-view.tsx';
import { StrangersPart } from './strangers-part.tsx';
import { UnfinishedPart } from './unfinished-part.tsx';
import { UnlockDialog } from './unlock-dialog.tsx';
import { useRotation } from './use-rotation.ts';
import './secrets.css';

/** The swarm's secret: how it is, and the one button that makes a new one. */
export function SecretsPage() {
  const sealed = useQuery(orpc.sealed.state.queryOptions());
  const seen = useQuery(orpc.rotation.secrets.queryOptions({ input: {} }));
  const rotation = useRotation();
  const now = useNow();
  const [sheet, setSheet] = useState<MadeSheet | null>(null);
  const [asking, setAsking] = useState<'set-up' | 'unlock' | null>(null);
  const [left, setLeft] = useState<string | null>(null);

  if (!sealed.data) {
    if (!sealed.isError) return <Waiting words="Reading how the secrets are…" />;
    return (
      <Page>
        <ErrorState
          {...errorWords(sealed.error, 'The secrets could not be read.')}
          action={<Button onClick={() => void sealed.refetch()}>Try again</Button>}
        />
      </Page>
    );
  }
  const state = sealed.data;
  if (sheet !== null) {
    return (
      <Page>
        <SheetView sheet={sheet} onDone={() => setSheet(null)} />
      </Page>
    );
  }
  const unlock = () => setAsking('unlock');
  const dialog =
    asking === 'unlock' && state.is === 'locked' ? (
      <UnlockDialog state={state} onClose={() => setAsking(null)} />
    ) : null;
  const shown = rotation.running ?? (rotation.ended?.id === left ? null : rotation.ended);
  if (shown) {
    return (
      <Page>
        <RunView run={shown} rotation={rotation} onUnlock={unlock} onDone={() => setLeft(shown.id)} />
        {dialog}
      </Page>
    );
  }

  const { plan } = rotation;
  const wish = (asked: RotationAsked) => {
    rotation.begin.reset();
    plan.mutate(asked);
  };
  const initial =
    seen.data?.nodes.some((node) => node.seen === 'none') &&
    !seen.data.nodes.some((node) => node.seen === 'there');
  const purpose = initial ? 'initial' : 'rotate';
  const settingUp = asking === 'set-up' && state.is === 'not-set-up';
  const planned = plan.data ?? null;
  const quiet = settingUp || planned !== null || state.is === 'damaged' || seen.data?.nodes.length === 0;
  return (
    <Page>
      <PageHeader
        eyebrow={
          seen.data ? (
            <>
              Asked <RelativeTime at={seen.data.lookedAt} />
            </>
          ) : undefined
        }
        sentence={
          seen.data
            ? secretsSentence(seen.data, now)
            : seen.isError
              ? 'The nodes could not be asked for their secrets.'
              : 'Asking the nodes for their secrets…'
        }
        lead={leadWords(
          state.is === 'locked' && state.keyPlace === 'secret-service' ? 'open' : state.is,
          initial === true,
        )}
        actions={
          <>
            <Button running={seen.isFetching && 'Asking'} onClick={() => void seen.refetch()}>
              Ask again
            </Button>
            {quiet ? null : state.is === 'not-set-up' ? (
              <Button variant="filled" onClick={() => setAsking('set-up')}>
                Set up the sealed store
              </Button>
            ) : state.is === 'locked' && state.keyPlace === 'passphrase' ? (
              <Button variant="filled" onClick={unlock}>
                Unlock
              </Button>
            ) : (
              <Button
                variant="filled"
                running={plan.isPending && 'Looking at every node'}
                onClick={() => wish({ purpose })}
              >
                {initial ? 'Make the first secret' : 'Rotate the secret'}
              </Button>
            )}
          </>
        }
      />
      {settingUp ? <SetUpCard onSheet={setSheet} onLeave={() => setAsking(null)} /> : null}
      {planned ? (
        <PreflightCard
          plan={planned}
          rotation={rotation}
          onAgain={(exclude, emergency) => wish({ purpose: planned.purpose, exclude, emergency })}
          onLeave={() => plan.reset()}
        />
      ) : null}
      {plan.error ? <ErrorState inline {...errorWords(plan.error, 'It could not be planned.')} /> : null}
      {seen.isError ? (
        <ErrorState inline {...errorWords(seen.error, 'The nodes could not be asked.')} />
      ) : null}
      {seen.data && seen.data.nodes.length > 0 ? (
        <NodeList seen={seen.data} onGive={(node) => wish({ purpose: 'add-node', nodes: [node] })} />
      ) : null}
      <UnfinishedPart rotation={rotation} />
      {planned ? null : <StrangersPart rotation={rotation} onOpen={() => wish({ purpose: 'open-fence' })} />}
      <SealedPart state={state} onUnlock={unlock} onSheet={setSheet} />
      <ReminderPart />
      <HistoryPart />
      {dialog}
    </Page>
  );
}

function leadWords(is: 'not-set-up' | 'locked' | 'open' | 'damaged', initial: boolean): string {
  if (is === 'not-set-up')
    return 'Before the first rotation this console needs a sealed place for the new secret, so that nothing can lose it half-way.';
  if (is === 'locked')
    return 'The sealed store is locked. A new secret is kept there before any node gets it, so unlock it first.';
  if (initial) return 'With a secret, nodes answer each other and nobody else.';
  return 'Every node has to show it. One click gives all of them a new one at the same instant, or changes nothing.';
}

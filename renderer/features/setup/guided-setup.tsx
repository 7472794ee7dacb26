import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { CHECKLIST, type CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { useLooking } from '../../app/looking.ts';
import { Redirect } from '../../app/redirect.tsx';
import type { SetupSearch } from '../../app/search.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { LookProgress } from '../../components/look-progress.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { StaleNote } from '../../components/stale-note.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { ItemPage } from './item-page.tsx';
import { ItemRail } from './item-rail.tsx';
import { ProfilePage } from './profile-page.tsx';
import { SummaryPage } from './summary-page.tsx';
import { useSetup } from './use-setup.ts';
import './guided-setup.css';

/** The eleven items of one node, one at a time; then what was found of mycoSwarm, then the summary. */
export function GuidedSetup({ node }: { node: SwarmNode }) {
  const { step } = useSearch({ strict: false }) as SetupSearch;
  const navigate = useNavigate();
  const looking = useLooking(node.id);
  const { data, isPlaceholderData, error, refetch } = useQuery(
    orpc.findings.list.queryOptions({ input: { node: node.id } }),
  );
  const findings = isPlaceholderData ? undefined : data;
  const items = CHECKLIST.map((check) => findings?.find((finding) => finding.check === check));
  const firstOpen = CHECKLIST.find((_, index) => isOpen(items[index])) ?? CHECKLIST[0] ?? 'dedicated-user';
  const setup = useSetup(node.id, firstOpen);
  const { reach } = setup;

  const shown = step === 'summary' || step === 'profile' ? null : (step as CheckId | undefined);
  const known = findings?.some((finding) => finding.check === shown) ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: remembered once for each item that is shown
  useEffect(() => {
    if (shown && known && CHECKLIST.includes(shown) && setup.progress !== undefined) reach(shown);
  }, [shown, known, setup.progress === undefined]);

  if (!findings) {
    return error ? <NotRead error={error} again={() => void refetch()} /> : <Waiting />;
  }
  if (findings.length === 0) return <NotLooked node={node} />;
  if (step === undefined) {
    if (setup.progress === undefined) return <Waiting />;
    const target = setup.progress?.finishedAt ? 'summary' : (setup.progress?.current ?? firstOpen);
    return (
      <Redirect
        from={`/setup/${node.id}`}
        go={() =>
          void navigate({
            to: '/setup/{-$node}',
            params: { node: node.id },
            search: (before) => ({ ...before, step: target }),
            replace: true,
          })
        }
      />
    );
  }

  const finding = findings.find((entry) => entry.check === step);
  return (
    <div className="guided">
      <ItemRail node={node} items={items} step={step} later={setup.progress?.later ?? []} />
      <div className="guided__content">
        {finding
          ? null
          : looking.running.map((look) => (
              <div key={look.look} className="guided__look">
                <LookProgress look={look} onCancel={looking.cancel} />
              </div>
            ))}
        {node.lastError ? (
          <div className="guided__look">
            <StaleNote nodeName={node.name} since={node.lastLookAt} reason={node.lastError} />
          </div>
        ) : null}
        {step === 'summary' ? (
          <SummaryPage node={node} items={items} findings={findings} setup={setup} />
        ) : step === 'profile' ? (
          <ProfilePage node={node} looking={looking} />
        ) : finding ? (
          <ItemPage key={finding.check} node={node} finding={finding} setup={setup} looking={looking} />
        ) : (
          <Page>
            <ErrorState what="There is no such item." next="Choose one of the eleven at the left." />
          </Page>
        )}
      </div>
    </div>
  );
}

/** @returns whether something is to be done about an item, or nobody could look at it */
export function isOpen(finding: TrackedFinding | undefined): boolean {
  return !finding || finding.status === 'fix' || finding.status === 'review' || finding.status === 'unknown';
}

/** Before the first look has ended, or when it failed. */
function NotLooked({ node }: { node: SwarmNode }) {
  const looking = useLooking(node.id);
  const [look] = looking.running;
  if (look) {
    return (
      <Page>
        <PageHeader
          eyebrow={`Setup · ${node.name}`}
          sentence={`Looking at ${node.name}.`}
          lead="This changes nothing. What is found stays on this computer."
        />
        <div className="guided__first-look">
          <LookProgress look={look} onCancel={looking.cancel} />
        </div>
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        eyebrow={`Setup · ${node.name}`}
        sentence={
          node.lastError ? `${node.name} could not be looked at.` : `${node.name} has not been looked at yet.`
        }
        lead={node.lastError ?? 'Looking takes a few seconds and changes nothing.'}
        actions={
          <Button variant="filled" running={looking.starting && 'Starting'} onClick={() => looking.start()}>
            {node.lastError ? 'Try again' : 'Look now'}
          </Button>
        }
      />
    </Page>
  );
}

function NotRead({ error, again }: { error: Error; again: () => void }) {
  return (
    <Page>
      <ErrorState
        untouched="Nothing was changed."
        next="Try once more."
        {...errorWords(error, 'The findings of this node could not be read.')}
        action={
          <Button variant="filled" onClick={again}>
            Try once more
          </Button>
        }
      />
    </Page>
  );
}

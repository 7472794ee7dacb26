import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { AllowLink } from '../../components/fixes/allow-link.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { IncludeList } from './include-list.tsx';
import { PlanView } from './plan-view.tsx';

export interface FixPlanProps {
  node: string;
  /** Ids of checks with commas between, or `all`. */
  wanted: string;
}

/** One plan for one or several fixes of a node: what is in it is chosen here, and planned anew each time. */
export function FixPlan({ node, wanted }: FixPlanProps) {
  const navigate = useNavigate();
  const [revertsAfter, setRevertsAfter] = useState<number | null>(null);
  const available = useQuery(orpc.fixes.available.queryOptions({ input: { node } }));
  const findings = useQuery(orpc.findings.list.queryOptions({ input: { node } }));
  const nodes = useQuery(orpc.nodes.list.queryOptions());
  const having = (statuses: readonly string[]) =>
    new Set(
      (findings.data ?? [])
        .filter((finding) => finding.node === node && statuses.includes(finding.status))
        .map((finding) => finding.check),
    );
  const open = having(['fix', 'review', 'unknown']);
  // What a person has to decide, or what could not be seen, is offered and never chosen for them.
  const toFix = having(['fix']);
  const possible = (available.data?.checks ?? [])
    .filter((entry) => entry.automatic)
    .map(({ check }) => check);
  const candidates = possible.filter((check) => open.has(check));
  const named = wanted.split(',').filter(isCheck);
  const included = wanted === 'all' ? candidates.filter((check) => toFix.has(check)) : named;
  const planning = useQuery(
    orpc.fixes.plan.queryOptions({
      input: { node, checks: included, ...(revertsAfter === null ? {} : { revertsAfter }) },
      enabled: included.length > 0 && available.data !== undefined && findings.data !== undefined,
      // The plan before stays to be read while the next one is made; it cannot be ordered any more.
      placeholderData: keepPreviousData,
    }),
  );
  const failed = [available, findings, nodes].find((query) => query.isError && query.data === undefined);
  if (failed) {
    return (
      <Page>
        <ErrorState
          untouched="Nothing was changed."
          {...errorWords(failed.error, 'What can be repaired could not be read.')}
        />
      </Page>
    );
  }
  if (!available.data || !findings.data || !nodes.data) {
    return <Waiting words="Reading what can be repaired…" />;
  }
  const known = nodes.data.find((entry) => entry.id === node);
  const name = visible(known?.name ?? node);
  const example = known?.address.kind === 'recorded';
  if (!example && available.data.access.away) {
    return (
      <Page>
        <PageHeader
          eyebrow={`Plan · ${name}`}
          sentence={`${name} cannot be reached, so nothing is planned there.`}
          lead={visible(available.data.access.words)}
          actions={
            <Button
              variant="filled"
              running={available.isFetching && 'Asking it'}
              onClick={() => void available.refetch()}
            >
              Try again
            </Button>
          }
        />
      </Page>
    );
  }
  if (!example && available.data.access.via === 'none') {
    return (
      <Page>
        <PageHeader
          eyebrow={`Plan · ${name}`}
          sentence={`Nothing is allowed on ${name}, so nothing is planned there.`}
          lead={visible(available.data.access.words)}
          actions={
            <AllowLink node={node} nodeName={name} filled>
              Allow changes…
            </AllowLink>
          }
        />
      </Page>
    );
  }
  const include = (check: CheckId, checked: boolean) => {
    const next = CHECK_IDS.filter((entry) => (entry === check ? checked : included.includes(entry)));
    void navigate({
      to: '/plan',
      search: (before) => ({ ...before, do: 'fix', on: node, checks: next.join(',') || 'none' }),
      replace: true,
      resetScroll: false,
    });
  };
  const several = candidates.length > 1 || included.length > 1;
  const list = several ? (
    <IncludeList
      checks={[...new Set([...candidates, ...included])]}
      included={included}
      plan={planning.data}
      node={node}
      onInclude={include}
    />
  ) : undefined;
  if (included.length === 0) {
    return (
      <Page>
        <PageHeader
          eyebrow={`Plan · ${name} · nothing has been done`}
          sentence={
            candidates.length === 0
              ? `Nothing on ${name} waits for a repair by program.`
              : 'Choose what to repair.'
          }
        />
        {candidates.length === 0 ? (
          <EmptyState sentence="What is open there needs a person: the steps stand with each finding." />
        ) : (
          <div className="plan-page__choose">{list}</div>
        )}
      </Page>
    );
  }
  return (
    <PlanView
      planning={planning}
      example={example}
      include={list}
      revertsAfter={{ value: revertsAfter, onChange: setRevertsAfter }}
      title={
        included.length === 1 && included[0]
          ? undefined
          : `${included.map(titleOf).slice(0, 3).join(', ')} on ${name}`
      }
    />
  );
}

function isCheck(text: string): text is CheckId {
  return (CHECK_IDS as readonly string[]).includes(text);
}

function titleOf(check: CheckId): string {
  return catalogueEntry(check).title;
}

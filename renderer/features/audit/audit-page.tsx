import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useLayoutEffect, useMemo } from 'react';
import { useScope } from '../../app/scope.ts';
import { type AuditSearch, readAuditSearch } from '../../app/search.ts';
import { useLeftOut } from '../../app/use-left-out.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { AlertView } from './alerts/alert-view.tsx';
import { auditSentence, type NextStep } from './audit-sentence.ts';
import { LogView } from './log-view.tsx';
import { FirstSeenView } from './newcomers/first-seen-view.tsx';
import { RulesView } from './rules/rules-view.tsx';
import { sourcesInBrief } from './sources/source-words.ts';
import { SourcesView } from './sources/sources-view.tsx';
import './audit-page.css';

/** What agents and nodes do, as their logs tell it: live, searchable, with its alerts. */
export function AuditPage() {
  const scope = useScope();
  const search = useSearch({ strict: false }) as AuditSearch;
  useLeftOut(readAuditSearch);
  const now = useNow();
  const state = useQuery(orpc.audit.state.queryOptions());
  const scoped = scope === null ? {} : { node: scope };
  const nodes = useQuery(orpc.nodes.list.queryOptions()).data;
  const sources = useQuery(orpc.audit.sources.queryOptions({ input: scoped }));
  const alerts = useQuery(orpc.audit.alerts.queryOptions({ input: scoped }));
  const names = useMemo(() => new Map((nodes ?? []).map(({ id, name }) => [id, name])), [nodes]);
  const view = search.alert !== undefined ? 'alert' : (search.view ?? 'log');
  // What takes the place of another begins at its top; nothing else moves the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each view and each alert
  useLayoutEffect(() => {
    window.scrollTo(0, 0);
  }, [view, search.alert]);

  if (state.isError && !state.data) {
    return (
      <Page dense>
        <ErrorState
          untouched="What was stored stays, and logs on your nodes are as they were."
          {...errorWords(state.error, 'How watching stands could not be read.')}
          action={<Button onClick={() => void state.refetch()}>Try again</Button>}
        />
      </Page>
    );
  }
  if (!state.data || !(sources.data || sources.isError) || !(alerts.data || alerts.isError)) {
    return <Waiting words="Reading how watching stands…" />;
  }
  const known = { sources: sources.data ?? [], alerts: alerts.data ?? [] };
  const meant = (nodes ?? []).filter(({ id }) => scope === null || id === scope);
  const recorded = meant.length > 0 && meant.every(({ address }) => address.kind === 'recorded');
  const said = auditSentence({ state: state.data, ...known, names, recorded, now });
  const live = known.sources.length === 0 ? 'Audit' : state.data.watching ? 'Live' : 'Not watching';
  return (
    <div className="audit">
      <div className="audit__head">
        <PageHeader
          dense
          eyebrow={
            <>
              {live} ·{' '}
              <Link
                to="/audit"
                search={(before) => ({ ...before, view: 'sources', alert: undefined })}
                className="audit__eyebrow"
              >
                {sourcesInBrief(known.sources, names)}
              </Link>
            </>
          }
          sentence={said.sentence}
          lead={said.lead || undefined}
          actions={<Next step={said.next} view={view} />}
        />
      </div>
      {view === 'sources' ? (
        <SourcesView names={names} node={scope} />
      ) : view === 'rules' ? (
        <RulesView />
      ) : view === 'new' ? (
        <FirstSeenView names={names} node={scope} alerts={known.alerts} />
      ) : view === 'alert' && search.alert !== undefined ? (
        <AlertView id={search.alert} names={names} />
      ) : (
        <LogView state={state.data} sources={known.sources} alerts={known.alerts} names={names} />
      )}
    </div>
  );
}

/** The one filled button. */
function Next({ step, view }: { step: NextStep; view: string }) {
  const navigate = useNavigate();
  if (step === null || (step.kind === 'sources' && view === 'sources')) return null;
  if (step.kind === 'check') {
    return (
      <Link
        to="/checks"
        search={(before) => ({ ...before, check: step.check, on: step.node })}
        className={buttonClass('filled')}
      >
        {step.words}
      </Link>
    );
  }
  if (step.kind === 'add') {
    return (
      <Link
        to="/setup/{-$node}"
        params={{ node: undefined }}
        search={{ add: true, node: undefined }}
        className={buttonClass('filled')}
      >
        {step.words}
      </Link>
    );
  }
  if (step.kind === 'alert' && view === 'alert') return null;
  return (
    <Button
      variant="filled"
      onClick={() =>
        void navigate({
          to: '/audit',
          search: (before) =>
            step.kind === 'sources'
              ? { ...before, view: 'sources', alert: undefined }
              : { ...before, alert: step.alert },
        })
      }
    >
      {step.words}
    </Button>
  );
}

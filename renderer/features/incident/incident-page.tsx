import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import type {
  IncidentDraft,
  IncidentSummary,
  IncidentView as View,
} from '#shared/domain/incident/incident-view.ts';
import { PLAYBOOKS } from '#shared/domain/incident/playbook.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, countWord } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { IncidentView } from './incident-view.tsx';
import { StartCard } from './start-card.tsx';
import './incident.css';

/** Incidents: the open one with its next step; the way to start one; the past ones. */
export function IncidentPage() {
  const search = useSearch({ from: '/incident' });
  const navigate = useNavigate();
  const list = useQuery(orpc.incidents.list.queryOptions({ input: {} }));
  const known = list.data?.open.some(({ incident }) => incident.id === search.of) ?? true;
  const past = useQuery(
    orpc.incidents.get.queryOptions({
      input: { incident: search.of ?? '' },
      enabled: search.of !== undefined && !known,
      retry: false,
    }),
  );
  const go = (to: { of?: string | undefined; step?: string | undefined; start?: true }) =>
    void navigate({ to: '/incident', search: ({ node }) => ({ node, ...to }), resetScroll: false });

  if (!list.data) {
    if (!list.isError) return <Waiting words="Reading the incidents…" />;
    return (
      <Page>
        <ErrorState
          {...errorWords(list.error, 'The incidents could not be read.')}
          action={<Button onClick={() => void list.refetch()}>Try again</Button>}
        />
      </Page>
    );
  }
  const { open, closed } = list.data;
  const starting = search.start || search.alert !== undefined || search.check !== undefined;
  if (starting) {
    return (
      <Page>
        <PageHeader
          sentence="What happened?"
          lead="Choose what fits best. You can be wrong: every playbook begins with making sure, and with what can be taken back."
        />
        <StartFrom search={search} onStarted={(of) => go({ of })} onLeave={() => go({})} />
      </Page>
    );
  }
  const shown =
    open.find(({ incident }) => incident.id === search.of) ?? (search.of === undefined ? open[0] : past.data);
  if (search.of !== undefined && shown === undefined && past.isError) {
    return (
      <Page>
        <ErrorState
          {...errorWords(past.error, 'This incident could not be read.')}
          action={<Button onClick={() => go({})}>All incidents</Button>}
        />
      </Page>
    );
  }
  if (search.of !== undefined && shown === undefined) return <Waiting words="Reading the incident…" />;
  return (
    <Page className="incident">
      {open.length > 1 || (open.length > 0 && shown !== undefined && shown.incident.closedAt !== null) ? (
        <Open open={open} shown={shown} onChoose={(of) => go({ of })} />
      ) : null}
      {shown ? (
        <IncidentView
          key={shown.incident.id}
          view={shown}
          open={search.step ?? null}
          onOpen={(step) => go({ of: search.of, step: step ?? undefined })}
          onAnother={() => go({ start: true })}
        />
      ) : (
        <PageHeader
          sentence="No incident is open."
          lead="When something is wrong, start one: it leads you through, step by step, and you can stop and come back at any point. It can also be started from an alert or a finding."
          actions={
            <Button variant="filled" onClick={() => go({ start: true })}>
              Start an incident
            </Button>
          }
        />
      )}
      <Past closed={closed} onChoose={(of) => go({ of })} />
    </Page>
  );
}

interface OpenProps {
  open: readonly View[];
  shown: View | undefined;
  onChoose: (incident: string) => void;
}

/** Several are open: each by its sentence, so that none is forgotten while one is looked at. */
function Open({ open, shown, onChoose }: OpenProps) {
  return (
    <nav className="open-incidents" aria-label="Open incidents">
      <p className="incident__quiet">
        {open.length === 1 ? 'One incident is open' : `${capital(countWord(open.length))} incidents are open`}
      </p>
      <ul>
        {open.map(({ incident, sentence }) => (
          <li key={incident.id}>
            <button
              type="button"
              className="open-incidents__one"
              aria-current={incident.id === shown?.incident.id ? 'true' : undefined}
              onClick={() => onChoose(incident.id)}
            >
              <span className="open-incidents__name">
                Incident {incident.number}, {visible(incident.name)}
              </span>
              <span className="open-incidents__words">{visible(sentence)}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Past({
  closed,
  onChoose,
}: {
  closed: readonly IncidentSummary[];
  onChoose: (incident: string) => void;
}) {
  if (closed.length === 0) return null;
  return (
    <section className="incident__part incident__wide" aria-labelledby="past">
      <h2 id="past">Past incidents</h2>
      <ul className="past">
        {closed.map(({ id, number, kind, name, closing, closedAt }) => (
          <li key={id}>
            <button type="button" className="past__one" onClick={() => onChoose(id)}>
              <span className="past__name">
                {number} · {PLAYBOOKS[kind].title}: {visible(name)}
              </span>
              <span className="past__words">{visible(closing)}</span>
              <span className="past__when">{closedAt ? <RelativeTime at={closedAt} short /> : null}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface StartFromProps {
  search: { alert?: string | undefined; check?: string | undefined; on?: string | undefined };
  onStarted: (incident: string) => void;
  onLeave: () => void;
}

/** The way to a draft: from an alert, from a finding, or with nothing filled in. */
function StartFrom({ search, onStarted, onLeave }: StartFromProps) {
  const check = CHECK_IDS.find((id) => id === search.check);
  const from =
    search.alert !== undefined
      ? ({ from: 'alert', alert: search.alert } as const)
      : check !== undefined && search.on !== undefined
        ? ({ from: 'finding', node: search.on, check } as const)
        : null;
  const [empty] = useState(emptyDraft);
  const draft = useQuery(
    orpc.incidents.draft.queryOptions({
      input: from ?? { from: 'alert', alert: '' },
      enabled: from !== null,
      // The id in it is what makes two clicks one: it is asked for once.
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
  if (from === null) return <StartCard draft={empty} onStarted={onStarted} onLeave={onLeave} />;
  if (draft.isError) {
    return (
      <>
        <ErrorState inline {...errorWords(draft.error, 'What it is about could not be read.')} />
        <StartCard draft={empty} onStarted={onStarted} onLeave={onLeave} />
      </>
    );
  }
  if (!draft.data) return <Waiting words="Reading what was seen…" />;
  return <StartCard draft={draft.data} onStarted={onStarted} onLeave={onLeave} />;
}

function emptyDraft(): IncidentDraft {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return {
    id: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    kind: 'destructive-command',
    node: null,
    name: '',
    address: '',
    origin: { kind: 'by-hand' },
    seen: '',
    since: new Date().toISOString(),
  };
}

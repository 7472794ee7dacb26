import { Lock, PlugZap, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { IncidentView as View } from '#shared/domain/incident/incident-view.ts';
import { holding, nextStep, stepText } from '#shared/domain/incident/incident-words.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';
import { PLAYBOOKS } from '#shared/domain/incident/playbook.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { RelativeTime, useNow } from '../../components/relative-time.tsx';
import { clockTime, dayInWords, relativeTime } from '../../components/time-words.ts';
import { CloseDialog } from './close-dialog.tsx';
import { FalseAlarmDialog } from './false-alarm-dialog.tsx';
import { FollowUps } from './follow-ups.tsx';
import { PhasesStrip } from './phases-strip.tsx';
import { PlanCard } from './plan-card.tsx';
import { ReportLine } from './report-line.tsx';
import { SoFar } from './so-far.tsx';
import { StepList } from './step-list.tsx';
import { useIncident } from './use-incident.ts';
import { WhatHolds } from './what-holds.tsx';

/** Whoever comes back after this long is told how long they were away. */
const AWAY_MS = 12 * 3_600_000;
const PLANNED = new Set(['isolate', 'preserve', 'release']);

export interface IncidentViewProps {
  view: View;
  open: string | null;
  onOpen: (step: string | null) => void;
  /** Start one more. */
  onAnother: () => void;
}

/** One incident: where it stands in one sentence, the next thing to do, and all that was done and is proven. */
export function IncidentView({ view, open, onOpen, onAnother }: IncidentViewProps) {
  const { incident } = view;
  const actions = useIncident(incident.id);
  const { plan } = actions;
  const [closing, setClosing] = useState<string | null>(null);
  const [alarm, setAlarm] = useState<string | null>(null);
  const card = useRef<HTMLDivElement>(null);
  const now = useNow();
  const held = holding(incident, view.isolation);
  const next = nextStep(incident);
  const text = next === null ? null : stepText(incident, next.step);
  const planned = plan.data ?? null;
  const plannedId = planned?.id;
  useEffect(() => {
    if (plannedId) card.current?.scrollIntoView({ block: 'nearest' });
  }, [plannedId]);
  const away = now - Date.parse(incident.touchedAt);
  const unanswered = held?.nodes.find(
    ({ state, cablePulledAt }) =>
      (state === 'contained-by-peers' || state === 'lying') && cablePulledAt === null,
  );
  const ask = (step: string, scope: 'agent' | 'node' = 'node') => {
    actions.begin.reset();
    plan.mutate({ step, scope });
  };
  const act = () => {
    if (next === null) return setClosing('');
    if (PLANNED.has(next.action)) return ask(next.step);
    onOpen(next.step);
  };
  const name = visible(incident.name);
  const done = incident.steps.every(isSettled);
  return (
    <>
      <PageHeader
        eyebrow={
          <>
            Incident {incident.number} · {PLAYBOOKS[incident.kind].title} · opened{' '}
            {clockTime(incident.openedAt)}, <RelativeTime at={incident.openedAt} />
          </>
        }
        sentence={visible(view.sentence)}
        lead={unanswered ? unansweredWords(unanswered) : leadWords(incident, text)}
        actions={
          incident.closedAt !== null ? (
            <Button onClick={() => actions.move.mutate({ kind: 'reopen' })}>Open it again</Button>
          ) : planned !== null || (next !== null && open === next.step) ? null : unanswered ? (
            <>
              <Button
                running={actions.tryAgain.isPending && `Asking ${name}`}
                onClick={() => actions.tryAgain.mutate()}
              >
                Try {name} again
              </Button>
              <Button
                variant="filled"
                icon={<PlugZap aria-hidden="true" />}
                running={actions.cablePulled.isPending && 'Noting'}
                onClick={() => actions.cablePulled.mutate()}
              >
                I pulled its cable
              </Button>
            </>
          ) : next !== null && text !== null ? (
            <Button variant="filled" running={plan.isPending && 'Asking the nodes'} onClick={act}>
              {NEXT_BUTTON[next.action] ?? text.button}
            </Button>
          ) : done ? (
            <Button variant="filled" onClick={() => setClosing('')}>
              Close the incident
            </Button>
          ) : null
        }
      />
      {text && incident.closedAt === null && planned === null && !unanswered ? (
        text.reversible ? (
          <p className="incident__mark incident__mark--head">
            <Undo2 aria-hidden="true" />
            {visible(text.reversible)}
          </p>
        ) : text.final ? (
          <p className="incident__mark incident__mark--head incident__mark--final">
            <Lock aria-hidden="true" />
            Cannot be taken back. {text.final}
          </p>
        ) : null
      ) : null}
      {away > AWAY_MS && incident.closedAt === null ? (
        <p className="incident__away" role="status">
          Nothing was done here for {daysAway(away)}: the last thing was{' '}
          {relativeTime(incident.touchedAt, now)}. The steps are as they were left; what holds {name} is as it
          is known now.
        </p>
      ) : null}
      {plan.error ? <ErrorState inline {...errorWords(plan.error, 'It could not be planned.')} /> : null}
      {planned ? (
        <div ref={card}>
          <PlanCard
            plan={planned}
            button={planned.action === 'let-in' ? `Let ${name} in` : stepText(incident, planned.step).button}
            actions={actions}
            onScope={(scope) => ask(planned.step, scope)}
            onWithout={(withoutNode) => plan.mutate({ step: planned.step, withoutNode })}
            onLeave={() => plan.reset()}
          />
        </div>
      ) : null}
      <PhasesStrip incident={incident} />
      <div className="incident__columns">
        <div>
          {held ? <WhatHolds isolation={held} actions={actions} /> : null}
          <Known incident={incident} />
        </div>
        <StepList
          view={view}
          actions={actions}
          open={open}
          onOpen={onOpen}
          onPlan={(step) => {
            onOpen(null);
            ask(step);
          }}
          onFalseAlarm={setAlarm}
        />
      </div>
      <SoFar incident={incident} actions={actions} />
      <FollowUps incident={incident} actions={actions} />
      <ReportLine incident={incident} />
      {incident.closedAt === null ? (
        <div className="incident__foot">
          {done ? null : (
            <Button variant="link" onClick={() => setClosing('')}>
              Close this incident…
            </Button>
          )}
          {done || incident.falseAlarm !== null ? null : (
            <Button variant="link" onClick={() => setAlarm('')}>
              It was a false alarm…
            </Button>
          )}
          <Button variant="link" onClick={onAnother}>
            Start another one
          </Button>
        </div>
      ) : null}
      {alarm !== null ? (
        <FalseAlarmDialog
          incident={incident}
          reason={alarm}
          held={held !== null}
          actions={actions}
          onLeave={() => setAlarm(null)}
        />
      ) : null}
      {closing !== null ? (
        <CloseDialog
          incident={incident}
          reason={closing}
          actions={actions}
          onLeave={() => setClosing(null)}
        />
      ) : null}
    </>
  );
}

const NEXT_BUTTON: Partial<Record<Incident['steps'][number]['action'], string>> = {
  confirm: 'Is it real?',
  timeline: 'Read what happened',
  workspace: 'Compare the files',
  hunt: 'Ask every node',
  rotate: 'New secret',
  credentials: 'See the other keys',
  clean: 'Take it out',
  tell: 'Whom to tell',
  rebuild: 'How to set it up anew',
  rejoin: 'What it has to pass',
  lessons: 'Write the lessons',
};

function leadWords(incident: Incident, text: ReturnType<typeof stepText> | null): string {
  if (incident.closedAt !== null) return visible(incident.closing);
  if (incident.falseAlarm !== null && text !== null)
    return `${visible(incident.falseAlarm.who)} called it a false alarm: ${visible(incident.falseAlarm.words)} What was shut off is opened first; then the incident can be closed.`;
  if (text === null)
    return incident.steps.some(({ state }) => state === 'under-way')
      ? 'What is left is under way. You can leave this page; nothing stops.'
      : 'All steps are settled. Closing it writes the last line; it can be opened again.';
  return `Next: ${visible(text.title)}. ${visible(text.purpose)}`;
}

function unansweredWords(node: NonNullable<View['isolation']>['nodes'][number]): string {
  if (node.state === 'lying') return visible(node.message);
  const peers = node.layers
    .filter(({ layer, is }) => layer === 'peer' && is === 'holds')
    .map(({ name }) => visible(name));
  const who = peers.length === 0 ? 'Its peers refuse' : `${peers.slice(0, 4).join(', ')} refuse`;
  return `${who} every packet from it. ${visible(node.name)} itself has not answered: the surest next step is to pull its network cable.`;
}

function daysAway(away: number): string {
  const days = Math.floor(away / 86_400_000);
  if (days === 0) return 'half a day';
  return days === 1 ? 'a day' : `${days} days`;
}

/** What made somebody look. */
function Known({ incident }: { incident: Incident }) {
  const { origin, seen, since, address } = incident;
  return (
    <section className="incident__part" aria-labelledby="known">
      <h2 id="known">What is known</h2>
      <dl className="known">
        <dt>Seen</dt>
        <dd>{seen === '' ? 'Nothing was written down.' : visible(seen)}</dd>
        <dt>Since</dt>
        <dd>
          {dayInWords(since, Date.now())}, {clockTime(since)} (<RelativeTime at={since} />)
        </dd>
        <dt>From</dt>
        <dd>
          {origin.kind === 'alert'
            ? `An alert that repeated ${origin.count.toLocaleString('en')} times`
            : origin.kind === 'finding'
              ? 'A finding of the checks'
              : `${visible(incident.openedBy)}, by hand`}
        </dd>
        {address === '' ? null : (
          <>
            <dt>Address</dt>
            <dd>
              <code>{visible(address)}</code>
            </dd>
          </>
        )}
        {incident.pins.length === 0 ? null : (
          <>
            <dt>Pinned</dt>
            <dd>
              <ul className="known__pins">
                {incident.pins.slice(-5).map((pin) => (
                  <li key={pin.item}>
                    {visible(pin.title)}
                    {pin.note === '' ? null : <span className="incident__quiet"> {visible(pin.note)}</span>}
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

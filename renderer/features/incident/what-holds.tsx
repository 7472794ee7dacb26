import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleQuestionMark,
  MessageSquareQuote,
  Moon,
  Undo2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type {
  IsolatedNode,
  Isolation,
  IsolationLayer,
  IsolationScope,
} from '#shared/domain/incident/isolation.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Announced } from '../../components/fixes/announced.tsx';
import { minutesAndSeconds, useSecondsLeft } from '../../components/fixes/seconds-left.ts';
import { clockTime } from '../../components/time-words.ts';
import { HoldProof } from './hold-proof.tsx';
import { type HoldRow, holdRows } from './layer-rows.ts';
import type { IncidentActions } from './use-incident.ts';

/** What holds a node, layer by layer: what is confirmed and what is only sent never look the same. */
export function WhatHolds({ isolation, actions }: { isolation: Isolation; actions: IncidentActions }) {
  return (
    <>
      {isolation.nodes.map((node) => (
        <NodeHold key={node.node} node={node} scope={isolation.scope} actions={actions} />
      ))}
    </>
  );
}

interface NodeHoldProps {
  node: IsolatedNode;
  scope: IsolationScope;
  actions: IncidentActions;
}

function NodeHold({ node, scope, actions }: NodeHoldProps) {
  const name = visible(node.name);
  const stepsDown = node.stepsDownAt;
  return (
    <section className="incident__part" aria-labelledby={`holds-${node.node}`}>
      <h2 id={`holds-${node.node}`}>What holds {name}</h2>
      <TakenAway node={node} />
      <ul className="holds">
        {holdRows(node, scope).map((row) => (
          <li key={row.key} className="holds__row">
            <div className="holds__words">
              <span className="holds__title">{row.title}</span>
              <span className="holds__detail">{visible(row.detail)}</span>
            </div>
            <LayerWord is={row.is} since={row.since} by={row.by} />
          </li>
        ))}
        {node.cablePulledAt ? (
          <li className="holds__row">
            <div className="holds__words">
              <span className="holds__title">Its cable is out</span>
              <span className="holds__detail">this console cannot see that</span>
            </div>
            <span className="holds__state">You said so, {clockTime(node.cablePulledAt)}</span>
          </li>
        ) : null}
      </ul>
      {stepsDown ? (
        <StepDown name={name} until={stepsDown} whole={scope === 'node'} actions={actions} />
      ) : null}
      <HoldProof node={node} />
    </section>
  );
}

/** Somebody on the node works against it: the first thing to read, above all that is said to hold. */
function TakenAway({ node: { name, reloaded, tampered } }: { node: IsolatedNode }) {
  const who = visible(name);
  if (reloaded.times === 0 && tampered.times === 0) return null;
  return (
    <p className="incident__warning" role="alert">
      Somebody on {who} works against this.
      {reloaded.times > 0
        ? ` This console found it ${times(reloaded.times)}${reloaded.lastAt ? `, last ${clockTime(reloaded.lastAt)}` : ''}. ${visible(reloaded.what)}`
        : ''}
      {tampered.times > 0
        ? ` ${who} says that its rules were taken away ${times(tampered.times)}, and that it put them back each time.`
        : ''}
    </p>
  );
}

const times = (count: number) => (count === 1 ? 'once' : `${count.toLocaleString('en')} times`);

interface StepDownProps {
  name: string;
  until: string;
  /** The whole node, not mycoSwarm alone: SSH opens again. */
  whole: boolean;
  actions: IncidentActions;
}

function StepDown({ name, until, whole, actions }: StepDownProps) {
  const left = useSecondsLeft(until);
  const { tryAgain } = actions;
  return (
    <div className="countdown holds__countdown">
      <div className="countdown__face">
        <span className="countdown__time" role="timer" aria-label="Time left">
          {minutesAndSeconds(left)}
        </span>
        <p className="countdown__words">
          {!whole
            ? `${left === 0 ? 'The time is over' : 'until it is too late to confirm'}: mycoSwarm on ${name} stays cut off, and comes back when ${name} restarts.`
            : left === 0
              ? `The time is over: ${name} opens SSH from this network by itself. Its way out stays shut, and so does its peers’ fence.`
              : `until ${name} opens SSH from this network again, if nobody confirms. The timer runs on ${name}, not here. Its way out and its peers’ fence stay shut.`}
        </p>
      </div>
      <div className="countdown__actions">
        <Button
          running={tryAgain.isPending && `Asking ${name} over a fresh connection`}
          onClick={() => tryAgain.mutate()}
        >
          Keep it shut off
        </Button>
        <span className="countdown__note">Asks {name} over a fresh connection first.</span>
      </div>
      <Announced left={left} what={`${name}: `} />
    </div>
  );
}

const WORDS: Readonly<Record<IsolationLayer['is'], readonly [word: string, look: string, icon: ReactNode]>> =
  {
    holds: ['Confirmed', 'status--pass', <CircleCheck key="i" aria-hidden="true" />],
    partly: ['Confirmed in part', 'status--unknown', <CircleDashed key="i" aria-hidden="true" />],
    sent: ['Sent, no answer', 'status--unknown', <CircleQuestionMark key="i" aria-hidden="true" />],
    waiting: ['Waiting', 'holds__state--quiet', <Moon key="i" aria-hidden="true" />],
    failed: ['Does not hold', 'status--fix', <CircleAlert key="i" aria-hidden="true" />],
    lifted: ['Taken away', 'holds__state--quiet', <Undo2 key="i" aria-hidden="true" />],
    'not-needed': ['Not needed', 'holds__state--quiet', null],
  };

/** Nobody else saw it. */
const SAID = [
  'It says so',
  'holds__state--quiet',
  <MessageSquareQuote key="i" aria-hidden="true" />,
] as const;

function LayerWord({ is, since, by }: Pick<HoldRow, 'is' | 'since' | 'by'>) {
  const [word, look, icon] = is === 'holds' && by === 'said' ? SAID : WORDS[is];
  return (
    <span className={`holds__state ${look}`}>
      {icon}
      {is === 'holds' && since ? `${word} ${clockTime(since)}` : word}
    </span>
  );
}

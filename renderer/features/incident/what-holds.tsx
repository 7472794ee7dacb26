import { CircleAlert, CircleCheck, CircleDashed, CircleQuestionMark, Moon, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { IsolatedNode, Isolation, IsolationLayer } from '#shared/domain/incident/isolation.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { Announced } from '../../components/fixes/announced.tsx';
import { minutesAndSeconds, useSecondsLeft } from '../../components/fixes/seconds-left.ts';
import { clockTime } from '../../components/time-words.ts';
import { holdRows } from './layer-rows.ts';
import type { IncidentActions } from './use-incident.ts';

/** What holds a node, layer by layer: what is confirmed and what is only sent never look the same. */
export function WhatHolds({ isolation, actions }: { isolation: Isolation; actions: IncidentActions }) {
  return (
    <>
      {isolation.nodes.map((node) => (
        <NodeHold key={node.node} node={node} actions={actions} />
      ))}
    </>
  );
}

function NodeHold({ node, actions }: { node: IsolatedNode; actions: IncidentActions }) {
  const name = visible(node.name);
  const stepsDown = node.stepsDownAt;
  return (
    <section className="incident__part" aria-labelledby={`holds-${node.node}`}>
      <h2 id={`holds-${node.node}`}>What holds {name}</h2>
      <ul className="holds">
        {holdRows(node).map((row) => (
          <li key={row.key} className="holds__row">
            <div className="holds__words">
              <span className="holds__title">{row.title}</span>
              <span className="holds__detail">{visible(row.detail)}</span>
            </div>
            <LayerWord is={row.is} at={row.at} />
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
      {stepsDown ? <StepDown name={name} until={stepsDown} actions={actions} /> : null}
      {node.tampered.times > 0 ? (
        <p className="incident__warning">
          Somebody on {name} took rules away {node.tampered.times.toLocaleString('en')} times; it put them
          back each time.
        </p>
      ) : null}
      {node.couldUndo.length > 0 || node.probes.length > 0 ? (
        <Disclosure summary="What this does not prove" note="and what was tried">
          <ul className="incident__bullets">
            {node.couldUndo.map((line) => (
              <li key={line}>{visible(line)}</li>
            ))}
            {node.probes.map(({ from, to, kind, family, outcome, expected, at }) => (
              <li key={`${from} ${to} ${kind} ${family}`}>
                From {visible(from)} to <code>{visible(to)}</code> by {kind.toUpperCase()},{' '}
                {family === 'ipv6' ? 'IPv6' : 'IPv4'}: <strong>{PROBE[outcome]}</strong>
                {outcome === expected ? '' : ', which should not be'} at {clockTime(at)}
              </li>
            ))}
          </ul>
        </Disclosure>
      ) : null}
    </section>
  );
}

const PROBE = { stopped: 'stopped', open: 'went through', unknown: 'not known' } as const;

function StepDown({ name, until, actions }: { name: string; until: string; actions: IncidentActions }) {
  const left = useSecondsLeft(until);
  const { tryAgain } = actions;
  return (
    <div className="countdown holds__countdown">
      <div className="countdown__face">
        <span className="countdown__time" role="timer" aria-label="Time left">
          {minutesAndSeconds(left)}
        </span>
        <p className="countdown__words">
          {left === 0
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

function LayerWord({ is, at }: Pick<IsolationLayer, 'is' | 'at'>) {
  const [word, look, icon] = WORDS[is];
  return (
    <span className={`holds__state ${look}`}>
      {icon}
      {is === 'holds' && at ? `${word} ${clockTime(at)}` : word}
    </span>
  );
}

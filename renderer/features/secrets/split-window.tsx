import { useEffect, useState } from 'react';
import type { RotationNode, RotationRun } from '#shared/domain/rotation/run.ts';
import { visible } from '#shared/domain/text.ts';
import { Spinner } from '../../components/spinner.tsx';
import { nodeWords } from './run-words.ts';
import { type SplitScale, splitScale } from './split-scale.ts';
import './split-window.css';

const STEP_MS = 200;

/** Who has the new secret since when, on one line of time: while nodes differ, tasks between them fail. */
export function SplitWindow({ run }: { run: RotationRun }) {
  const now = useFastNow(run.endedAt === null);
  const scale = splitScale(run, now);
  const rotating = run.nodes.filter(({ part }) => part === 'rotates' || part === 'blocked');
  const left = run.nodes.filter(({ part }) => part !== 'rotates' && part !== 'blocked');
  return (
    <div className="split">
      <ul className="split__rows" aria-label="Nodes of this rotation">
        {rotating.map((node) => (
          <SplitRow
            key={node.node}
            node={node}
            scale={scale}
            still={run.waits !== null || run.endedAt !== null}
          />
        ))}
        {scale ? <SplitBand scale={scale} /> : null}
      </ul>
      {scale ? <Axis scale={scale} /> : null}
      <SplitSentence run={run} now={now} />
      {left.length > 0 ? (
        <ul className="split__left" aria-label="Nodes that were left out">
          {left.map((node) => (
            <li key={node.node} className="split__out">
              <span className="split__name">{visible(node.name)}</span>
              <State node={node} still />
              <span className="split__why">{visible(node.message ?? leftOutWords(node))}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function SplitRow({ node, scale, still }: { node: RotationNode; scale: SplitScale | null; still: boolean }) {
  const bar = scale?.bars.get(node.node);
  return (
    <li className="split__row">
      <span className="split__name">{visible(node.name)}</span>
      <State node={node} still={still} />
      {node.message === null || bar ? (
        <span className="split__track" aria-hidden="true">
          {bar ? (
            <span
              className={bar.seconds === null ? 'split__bar split__bar--open' : 'split__bar'}
              style={{ left: percent(bar.from), width: percent(Math.max(0.006, bar.to - bar.from)) }}
            />
          ) : null}
        </span>
      ) : (
        <span className="split__why">{visible(node.message)}</span>
      )}
      <span className="split__seconds tabular">
        {bar?.seconds == null ? '' : `${bar.seconds.toFixed(1)} s`}
      </span>
    </li>
  );
}

function State({ node, still }: { node: RotationNode; still: boolean }) {
  const { word, icon: Icon, tone } = nodeWords(node, still);
  return (
    <span className={`split__state split__state--${tone}`}>
      {Icon === 'spinner' ? <Spinner /> : <Icon aria-hidden="true" />}
      {word}
    </span>
  );
}

/** Lies over the tracks of all rows, in their column. */
function SplitBand({ scale }: { scale: SplitScale }) {
  if (scale.band === null) return null;
  const { from, to } = scale.band;
  return (
    <li className="split__over" aria-hidden="true">
      <span
        className={scale.now === null ? 'split__band' : 'split__band split__band--open'}
        style={{ left: percent(from), width: percent(Math.max(0.004, to - from)) }}
      />
    </li>
  );
}

function Axis({ scale }: { scale: SplitScale }) {
  const step = Math.max(1, Math.ceil(scale.seconds / 4));
  const ticks = Array.from({ length: Math.floor(scale.seconds / step) + 1 }, (_, index) => index * step);
  return (
    <div className="split__axis" aria-hidden="true">
      {ticks.map((tick) => {
        const place = tick / scale.seconds;
        if (scale.now !== null && Math.abs(place - scale.now) < 0.1) return null;
        return (
          <span key={tick} className="tabular" style={{ left: percent(place) }}>
            {tick} s
          </span>
        );
      })}
      {scale.now === null ? null : (
        <span className="split__now" style={{ left: percent(scale.now) }}>
          now
        </span>
      )}
    </div>
  );
}

function SplitSentence({ run, now }: { run: RotationRun; now: number }) {
  const { split } = run;
  if (split === null) return null;
  const seconds = (split.milliseconds ?? Math.max(0, now - Date.parse(split.fromAt))) / 1_000;
  const over = split.milliseconds !== null;
  return (
    <p className="split__sentence">
      <strong className="tabular">
        Split for {seconds.toFixed(1)} s{over ? '' : ' so far'}.
      </strong>{' '}
      {over
        ? 'From the first to the last node that accepted the new secret. Tasks sent between nodes then may have failed.'
        : 'Until the last node has the new secret, tasks sent between nodes may fail and can be sent again.'}
    </p>
  );
}

function leftOutWords({ state }: RotationNode): string {
  if (state === 'away') return 'fenced off at the others until it is back and rotated';
  if (state === 'removed') return 'it left the swarm and stays fenced off';
  return 'fenced off at the others until it is rotated';
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)}%`;

/** The present, renewed five times a second while something runs. */
function useFastNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), STEP_MS);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

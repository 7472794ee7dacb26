import type { IsolatedNode, IsolationLayer } from '#shared/domain/incident/isolation.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { clockTime } from '../../components/time-words.ts';

/** Every layer by itself, who says so, since when and by what; then what was tried, what is not proven, and what was not believed. */
export function HoldProof({ node }: { node: IsolatedNode }) {
  const name = visible(node.name);
  const { layers, probes, couldUndo, notTaken } = node;
  return (
    <>
      <Disclosure summary="Every layer, and what proves it" note={triedWords(node)}>
        <ul className="layers">
          {layers.map((one) => (
            <li key={`${one.layer} ${one.node}`} className="layers__one">
              <span>
                <strong>{LAYERS[one.layer]}</strong>
                {one.layer === 'peer' ? ` ${visible(one.name)}` : ''}: {IS[one.is]}
                {one.since ? ` since ${clockTime(one.since)}` : ''}
                {one.at && one.at !== one.since ? `, seen last ${clockTime(one.at)}` : ''}
                {one.at ? `, by the word of ${visible(one.name)}` : ''}
              </span>
              {one.proof ? <span className="incident__quiet">{visible(one.proof)}</span> : null}
            </li>
          ))}
        </ul>
        {probes.length > 0 ? (
          <ul className="incident__bullets">
            {probes.map(({ from, to, kind, family, outcome, expected, at }) => (
              <li key={`${from} ${to} ${kind} ${family}`}>
                From {visible(from)} to <code>{visible(to)}</code> by {kind.toUpperCase()},{' '}
                {family === 'ipv6' ? 'IPv6' : 'IPv4'}: <strong>{PROBE[outcome]}</strong>
                {outcome === 'unknown' || outcome === expected ? '' : ', which should not be'} at{' '}
                {clockTime(at)}
              </li>
            ))}
          </ul>
        ) : null}
      </Disclosure>
      {couldUndo.length > 0 ? (
        <Disclosure summary="What this does not prove" note={`what root on ${name} could still do`}>
          <ul className="incident__bullets">
            {couldUndo.map((line) => (
              <li key={line}>{visible(line)}</li>
            ))}
          </ul>
        </Disclosure>
      ) : null}
      {notTaken.length > 0 ? (
        <Disclosure
          summary={
            notTaken.length === 1
              ? `One address that ${name} claims is not dropped`
              : `${notTaken.length} addresses that ${name} claims are not dropped`
          }
          note="so that nobody else is cut off by its word"
        >
          <ul className="incident__bullets">
            {notTaken.map((line) => (
              <li key={line}>{visible(line)}</li>
            ))}
          </ul>
        </Disclosure>
      ) : null}
    </>
  );
}

const PROBE = { stopped: 'stopped', open: 'went through', unknown: 'not known' } as const;

const LAYERS: Readonly<Record<IsolationLayer['layer'], string>> = {
  peer: 'Dropped by',
  timer: 'Its timer',
  rules: 'Its rules',
  egress: 'Its hook for raw packets',
  addresses: 'Its address and routes',
  snapshot: 'How it was right after the cut',
  sockets: 'Connections that were open',
  boot: 'After a restart',
};

const IS: Readonly<Record<IsolationLayer['is'], string>> = {
  holds: 'holds',
  partly: 'holds in part',
  sent: 'sent, no answer',
  waiting: 'waits',
  failed: 'does not hold',
  lifted: 'taken away',
  'not-needed': 'not needed',
};

function triedWords({ probes }: IsolatedNode): string {
  if (probes.length === 0) return 'nothing could be tried';
  const through = probes.filter(
    ({ expected, outcome }) => expected === 'stopped' && outcome === 'open',
  ).length;
  const shut = probes.filter(
    ({ expected, outcome }) => expected === 'stopped' && outcome === 'stopped',
  ).length;
  return through > 0
    ? `${through} of ${counted(through + shut, 'try', 'tries')} went through`
    : `${counted(shut, 'try', 'tries')}, ${shut === 1 ? 'stopped' : 'all stopped'}`;
}

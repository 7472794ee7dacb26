import { ArrowUpRight } from 'lucide-react';
import { Fragment } from 'react';
import type { PacketEvidence } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';

type Stop = PacketEvidence['way'][number];

/** How a stop reads to those who do not see the line. */
const SPOKEN: Readonly<Record<Stop['state'], string>> = {
  passed: '',
  failing: ' (lets it pass)',
  stopped: ' (stopped here)',
  unknown: ' (cannot tell)',
};

/** The way of a packet as a line, from its sender to where it ends. The part from where nothing holds it is in clay. */
export function PacketWay({ way }: { way: PacketEvidence['way'] }) {
  const failing = way.findIndex(({ state }) => state === 'failing');
  const ends = way.at(-1)?.state === 'failing' && way.length > 1;
  return (
    <ol className="packet-way" aria-label="The way of this packet">
      {way.map((stop, index) => (
        // A way is drawn once and never re-ordered.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Fragment key={index}>
          {index > 0 ? (
            <li
              aria-hidden="true"
              className={`packet-way__line${failing >= 0 && index > failing ? ' packet-way__line--open' : ''}`}
            />
          ) : null}
          <li className={`packet-way__stop packet-way__stop--${stop.state}`}>
            {ends && index === way.length - 1 ? <ArrowUpRight aria-hidden="true" /> : null}
            {visible(stop.label)}
            <span className="visually-hidden">{SPOKEN[stop.state]}</span>
          </li>
        </Fragment>
      ))}
    </ol>
  );
}

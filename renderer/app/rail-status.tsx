import type { Overview } from '#shared/contract/findings.ts';
import { RelativeTime } from '../components/relative-time.tsx';
import { StatusIcon } from '../components/status.tsx';
import type { ShownStatus } from '../components/status-words.ts';
import { Tooltip } from '../components/tooltip.tsx';
import { traySentence } from './tray-sentence.ts';

export interface RailStatusProps {
  overview: Overview | undefined;
  narrow: boolean;
}

/** The foot of the rail: the same words as in the tray, and when was looked. */
export function RailStatus({ overview, narrow }: RailStatusProps) {
  if (!overview) return <div className="rail__status" />;
  const { sentence, status, number } = traySentence(overview);
  const looked = overview.lookedAt ? (
    <>
      Looked <RelativeTime at={overview.lookedAt} />
    </>
  ) : (
    noLook(overview)
  );
  if (narrow) {
    return (
      <div className="rail__status">
        <Tooltip text={sentence} side="right" immediate>
          <button type="button" className={`rail__tray status--${status}`}>
            <StatusIcon status={status} />
            {number > 0 ? <span className="tabular">{number}</span> : null}
            <span className="visually-hidden">{sentence}</span>
          </button>
        </Tooltip>
      </div>
    );
  }
  return (
    <div className="rail__status">
      <StatusIcon status={status satisfies ShownStatus} />
      <div>
        <p className="rail__sentence">{sentence}</p>
        <p className="rail__looked">{looked}</p>
      </div>
    </div>
  );
}

function noLook(overview: Overview): string {
  return overview.standings.length === 0 ? 'No node has been added' : 'Findings come with the first look';
}

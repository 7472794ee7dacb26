import type { Overview } from '#shared/contract/findings.ts';
import type { LookState } from '#shared/contract/looks.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { visible } from '#shared/domain/text.ts';
import { capital, countWord } from '#shared/domain/words.ts';
import { LookedAt } from '../components/looked-at.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { StatusIcon } from '../components/status.tsx';
import type { ShownStatus } from '../components/status-words.ts';
import { Tooltip } from '../components/tooltip.tsx';
import { type TraySentence, traySentence } from './tray-sentence.ts';

export interface RailStatusProps {
  overview: Overview | undefined;
  /** Looks under way at the nodes that the overview is about. */
  looks: readonly LookState[];
  /** Open ones: they come before everything else. */
  incidents: readonly IncidentView[];
  narrow: boolean;
}

/** The foot of the rail: the same words as in the tray, and when was looked. */
export function RailStatus({ overview, looks, incidents, narrow }: RailStatusProps) {
  if (!overview) return <div className="rail__status" />;
  const [incident] = incidents;
  const { sentence, status, number } = incident
    ? incidentSentence(incidents)
    : overview.lookedAt === null && looks.length > 0
      ? lookingSentence(looks)
      : traySentence(overview);
  const looked = incident ? (
    <>
      Incident {incident.incident.number}, opened <RelativeTime at={incident.incident.openedAt} />
    </>
  ) : overview.lookedAt ? (
    <LookedAt at={overview.lookedAt} recorded={overview.recorded ?? false} capital />
  ) : (
    noLook(overview, looks.length > 0)
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

/** What is wrong comes before how the checks stand. */
function incidentSentence(incidents: readonly IncidentView[]): TraySentence {
  const sentence =
    incidents.length === 1 && incidents[0]
      ? visible(incidents[0].sentence)
      : `${capital(countWord(incidents.length))} incidents are open`;
  return { sentence, status: 'unknown', number: incidents.length };
}

/** During the first look there is nothing to tell but that it runs. */
function lookingSentence(looks: readonly LookState[]): TraySentence {
  const [first] = looks;
  const sentence =
    looks.length === 1 && first
      ? `Looking at ${visible(first.nodeName)}`
      : `Looking at ${countWord(looks.length)} nodes`;
  return { sentence, status: 'unknown', number: 0 };
}

function noLook(overview: Overview, looking: boolean): string {
  if (looking) return 'Findings come when it has ended';
  return overview.standings.length === 0 ? 'No node has been added' : 'Findings come with the first look';
}

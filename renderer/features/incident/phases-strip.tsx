import { CircleAlert, CircleCheck, CircleDashed, CircleUserRound } from 'lucide-react';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { PHASE_WORDS, type PhaseState, phasesOf } from '#shared/domain/incident/incident-words.ts';
import { Spinner } from '../../components/spinner.tsx';
import { Tooltip } from '../../components/tooltip.tsx';

const SAID: Readonly<Record<PhaseState['is'], string>> = {
  done: 'settled',
  part: 'settled, not all of it proven',
  said: 'settled, as you say',
  now: 'next',
  running: 'under way',
  failed: 'something did not work',
  later: 'later',
};

/** The five phases: where we are, what was done, what is left. */
export function PhasesStrip({ incident }: { incident: Incident }) {
  return (
    <ol className="phases" aria-label="Phases">
      {phasesOf(incident).map(({ phase, is, words }) => {
        const { title, nist } = PHASE_WORDS[phase];
        return (
          <li
            key={phase}
            className={`phases__part phases__part--${is}`}
            aria-current={is === 'now' || is === 'running' ? 'step' : undefined}
          >
            <Tooltip text={`NIST SP 800-61r3: ${nist}`}>
              <button type="button" className="phases__title">
                <PhaseIcon is={is} />
                {title}
                <span className="visually-hidden">, {SAID[is]}</span>
              </button>
            </Tooltip>
            <span className="phases__words">{words}</span>
          </li>
        );
      })}
    </ol>
  );
}

function PhaseIcon({ is }: Pick<PhaseState, 'is'>) {
  if (is === 'done') return <CircleCheck aria-hidden="true" className="phases__icon status--pass" />;
  if (is === 'said') return <CircleUserRound aria-hidden="true" className="phases__icon" />;
  if (is === 'part') return <CircleDashed aria-hidden="true" className="phases__icon status--unknown" />;
  if (is === 'failed') return <CircleAlert aria-hidden="true" className="phases__icon status--fix" />;
  return is === 'running' ? <Spinner /> : null;
}

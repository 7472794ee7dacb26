import { CirclePause } from 'lucide-react';
import { Spinner } from '../components/spinner.tsx';
import { Tooltip } from '../components/tooltip.tsx';
import { usePause } from './use-pause.ts';
import './pause.css';

/** The emergency brake, in the rail of every page. */
export function PauseBrake({ narrow, dim }: { narrow: boolean; dim: boolean }) {
  const { state, pause } = usePause();
  if (state === undefined || state.is === 'paused' || dim) return null;
  const label = pause.isPending ? 'Pausing…' : 'Pause all agents';
  const button = (
    <button
      type="button"
      className="rail__link pause-brake"
      aria-keyshortcuts="Shift+P"
      onClick={() => {
        if (!pause.isPending) pause.mutate();
      }}
    >
      {pause.isPending ? <Spinner /> : <CirclePause aria-hidden="true" />}
      <span className="rail__label">{label}</span>
      {narrow ? null : (
        <span aria-hidden="true" className="pause-brake__key">
          ⇧P
        </span>
      )}
    </button>
  );
  return narrow ? (
    <Tooltip text={`${label} (Shift P)`} side="right" immediate>
      {button}
    </Tooltip>
  ) : (
    button
  );
}

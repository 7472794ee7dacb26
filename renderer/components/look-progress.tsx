import type { LookState } from '#shared/contract/looks.ts';
import { Button } from './button.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { Spinner } from './spinner.tsx';
import './look-progress.css';

const OVER: ReadonlySet<LookState['state']> = new Set(['done', 'failed', 'cancelled']);

/** @returns whether a look is still under way */
export function isRunning(look: LookState): boolean {
  return !OVER.has(look.state);
}

/** @returns where a look is, in words: `7 of 16, reading the firewall` */
export function lookInWords(look: LookState): string {
  if (look.state === 'waiting') return 'waiting for its turn';
  if (look.state === 'connecting') return 'connecting';
  const place = look.subjectsTotal > 0 ? `${look.subjectsDone} of ${look.subjectsTotal}` : '';
  return [place, look.present].filter(Boolean).join(', ');
}

export interface LookProgressProps {
  look: LookState;
  onCancel: (look: string) => void;
}

/** A look under way: what is looked at now, how far it is, and the button that stops it. */
export function LookProgress({ look, onCancel }: LookProgressProps) {
  const words = lookInWords(look);
  return (
    <div className="look-progress">
      <div className="look-progress__words">
        <Spinner />
        <p>
          <strong>Looking at {look.nodeName}</strong> <span className="quiet tabular">{words}</span>
        </p>
        <Button small variant="plain" onClick={() => onCancel(look.look)}>
          Cancel
        </Button>
      </div>
      <ProgressBar
        value={look.subjectsDone}
        max={Math.max(1, look.subjectsTotal)}
        label={`Looking at ${look.nodeName}`}
        words={words}
      />
    </div>
  );
}

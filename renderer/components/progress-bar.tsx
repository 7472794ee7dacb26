import './progress-bar.css';

export interface ProgressBarProps {
  value: number;
  max: number;
  /** What it is about, for screen readers. */
  label: string;
  /** Said instead of numbers: `2 of 4, loading the rules`. */
  words?: string;
}

/** A 4 px bar. The words beside it are the caller's. */
export function ProgressBar({ value, max, label, words }: ProgressBarProps) {
  const part = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div
      className="progress-bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      {...(words ? { 'aria-valuetext': words } : {})}
    >
      <div className="progress-bar__done" style={{ transform: `scaleX(${part})` }} />
    </div>
  );
}

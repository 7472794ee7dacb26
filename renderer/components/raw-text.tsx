import { visibleLines } from '#shared/domain/text.ts';
import { CopyButton } from './copy-button.tsx';
import './raw-text.css';

/** More than this is not drawn at once; the copy has all of it. */
const DRAWN = 60_000;

export interface RawTextProps {
  /** As it came from the machine; what cannot be seen is drawn as an escape. */
  text: string;
  /** Name for screen readers and the copy button: `ss -Hltnpe`. */
  label: string;
  /** Copied instead of the drawn text. */
  copy?: string;
}

/** Exact text from a machine: sunken, mono, with a button that copies it. */
export function RawText({ text, label, copy }: RawTextProps) {
  const drawn = visibleLines(text.slice(0, DRAWN));
  return (
    <div className="raw-text">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, and the keyboard must be able to */}
      <section className="raw-text__scroll" tabIndex={0} aria-label={label}>
        <pre>
          {drawn}
          {text.length > DRAWN ? (
            <span className="raw-text__cut">
              {'\n'}… {(text.length - DRAWN).toLocaleString('en')} more characters. Copy takes all of it.
            </span>
          ) : null}
        </pre>
      </section>
      <CopyButton text={copy ?? text} label={`Copy: ${label}`} />
    </div>
  );
}

import type { StepFile as StepFileFact } from '#shared/domain/finding.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { CopyButton } from './copy-button.tsx';
import './step-file.css';

/** A file that a step writes: where, whose and with which mode, and all of its lines. */
export function StepFile({ file }: { file: StepFileFact }) {
  const path = visible(file.path);
  return (
    <figure className="step-file">
      <figcaption>
        <code className="step-file__path">{path}</code>
        <span className="step-file__owner">
          owner {visible(file.owner)}, mode {file.mode}
        </span>
        <CopyButton text={file.contents} label={`Copy the contents of ${path}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long file scrolls, and the keyboard must be able to */}
      <section className="step-file__lines" tabIndex={0} aria-label={`Contents of ${path}`}>
        <pre>{visibleLines(file.contents).replace(/\n$/, '')}</pre>
      </section>
    </figure>
  );
}

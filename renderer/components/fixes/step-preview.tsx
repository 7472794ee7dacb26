import { ArrowRight } from 'lucide-react';
import type { StepPreview as Preview } from '#shared/domain/plan.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { CopyButton } from '../copy-button.tsx';
import { DiffView } from './diff-view.tsx';
import { shellWords } from './shell-words.ts';
import './step-preview.css';

/** Exactly what a step does: the command, the file line by line, owner and mode, or a sentence. */
export function StepPreview({ preview, name }: { preview: Preview; name: string }) {
  switch (preview.kind) {
    case 'command': {
      const line = shellWords(preview.arguments);
      return (
        <div className="step-preview__command">
          <pre>{visibleLines(line)}</pre>
          <CopyButton text={line} label={`Copy the command of ${name}`} />
        </div>
      );
    }
    case 'file':
      return <DiffView {...preview} />;
    case 'attributes':
      return (
        <div className="step-preview__attributes">
          <code className="step-preview__path">{visible(preview.path)}</code>
          <code>{visible(preview.before)}</code>
          <ArrowRight aria-hidden="true" />
          <span className="visually-hidden">becomes</span>
          <code className="step-preview__after">{visible(preview.after)}</code>
        </div>
      );
    case 'words':
      return <p className="step-preview__words">{visible(preview.text)}</p>;
  }
}

import { quote } from '#core/hosts/quote.ts';
import type { StepPreview } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';

/** @returns a preview on one line: the command POSIX-quoted, or which file becomes what */
export function previewLine(preview: StepPreview): string {
  switch (preview.kind) {
    case 'command':
      return preview.arguments.map(shownWord).join(' ');
    case 'file':
      return `${preview.path} ${preview.after === null ? 'is removed' : preview.before === null ? 'is written' : 'is changed'} (${preview.attributes})`;
    case 'attributes':
      return `${preview.path}: ${preview.before} → ${preview.after}`;
    case 'words':
      return preview.text;
  }
}

/** For reading only: what cannot be quoted is written out instead. */
function shownWord(word: string): string {
  const quoted = quote(word);
  return quoted.ok ? quoted.text : JSON.stringify(visible(word));
}

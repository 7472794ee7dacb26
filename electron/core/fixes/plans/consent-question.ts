import { quote } from '#core/hosts/quote.ts';
import type { Plan, PlanStep, StepPreview } from '#shared/domain/plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';

/** What fits into the dialog of every shell: more would be refused there, and a person reads no more. */
const MOST_LINES = 56;
const LINE_LENGTH = 900;
const TITLE_LENGTH = 240;

/**
 * What a person is asked outside the renderer before a plan is done: the card and every step with its exact command, as
 * far as it fits. What does not fit is counted, and the hash tells that it is the plan that was shown.
 * @returns title and lines in which every unseen character is written out
 */
export function consentQuestion(plan: Plan): { title: string; lines: string[] } {
  const head = [
    `On ${plan.nodeName}. ${plan.access.words}`,
    ...(plan.revertsAfter === null
      ? []
      : [`It takes itself back after ${plan.revertsAfter} seconds unless you keep it.`]),
  ];
  const settings = plan.settings.map(
    (row) => `${row.setting}: ${row.from} → ${row.to} (${row.takesEffect}). To recover: ${row.recover}`,
  );
  const steps = plan.steps.map((step, index) => `${index + 1}. ${stepLine(step)}`);
  const tail = [`SHA-256 of the whole plan: ${plan.hash}`];
  const room = MOST_LINES - head.length - tail.length;
  const all = [...settings, ...steps];
  const shown = all.length <= room ? all : all.slice(0, room - 1);
  const omitted = all.length - shown.length;
  const more = omitted === 0 ? [] : [`… and ${omitted} more lines, all of them in the plan that was shown.`];
  return {
    title: shortened(visible(plan.title), TITLE_LENGTH),
    lines: [...head, ...shown, ...more, ...tail].map((line) => shortened(visible(line), LINE_LENGTH)),
  };
}

function stepLine(step: PlanStep): string {
  const waits = step.phase === 'when-kept' ? ' (once you keep the change)' : '';
  return `${step.title}${waits}: ${previewLine(step.preview)}`;
}

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

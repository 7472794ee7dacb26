import { quote } from '#core/hosts/quote.ts';
import type { Plan, PlanStep, StepPreview } from '#shared/domain/plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';

/** What fits into the dialog of every shell: more would be refused there, and a person reads no more. */
const MOST_LINES = 56;
const LINE_LENGTH = 900;
const TITLE_LENGTH = 240;
/** Of a step that is only named: 256 of these, the most that a plan has, fit. */
const PACKED_LENGTH = 150;

/**
 * What a person is asked outside the renderer before a plan is done: where, every step with its exact command, and then the card as
 * far as it fits. Where there are too many steps, the later ones are named closely packed, and never left out: what is not named here
 * only a page says, and a page may lie.
 * @param where the address of the node, which no page can change; its name can be anything
 * @returns title and lines in which every unseen character is written out
 */
export function consentQuestion(plan: Plan, where: string | null = null): { title: string; lines: string[] } {
  const head = [
    `On ${plan.nodeName}${where === null ? '' : ` (${where})`}. ${plan.access.words}`,
    ...(plan.revertsAfter === null
      ? []
      : [`It takes itself back after ${plan.revertsAfter} seconds unless you keep it.`]),
  ];
  const tail = [`SHA-256 of the whole plan: ${plan.hash}`];
  const room = MOST_LINES - head.length - tail.length;
  const steps = stepLines(plan.steps, room);
  const settings = plan.settings.map(
    (row) => `${row.setting}: ${row.from} → ${row.to} (${row.takesEffect}). To recover: ${row.recover}`,
  );
  const left = room - steps.length;
  const shown = settings.length <= left ? settings : settings.slice(0, Math.max(0, left - 1));
  const omitted = settings.length - shown.length;
  const more = omitted === 0 || left === 0 ? [] : [`… and what ${omitted} settings become.`];
  return {
    title: shortened(visible(plan.title), TITLE_LENGTH),
    lines: [...head, ...steps, ...shown, ...more, ...tail].map((line) =>
      shortened(visible(line), LINE_LENGTH),
    ),
  };
}

/** As many steps with their command as leave room to name all others. */
function stepLines(steps: readonly PlanStep[], room: number): string[] {
  for (let whole = steps.length; whole >= 0; whole -= 1) {
    const packed = packedLines(steps, whole);
    if (whole + packed.length <= room)
      return [...steps.slice(0, whole).map((step, index) => `${index + 1}. ${stepLine(step)}`), ...packed];
  }
  return packedLines(steps, 0).slice(0, room);
}

/** Steps from one on by number and title, several on a line. */
function packedLines(steps: readonly PlanStep[], from: number): string[] {
  const lines: string[] = [];
  steps.slice(from).forEach((step, index) => {
    const name = `${from + index + 1}. ${shortened(visible(`${step.title}${targetOf(step)}`), PACKED_LENGTH)}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length + 2 <= LINE_LENGTH)
      lines[lines.length - 1] = `${last}; ${name}`;
    else lines.push(name);
  });
  return lines;
}

/** What a step changes, where its title does not say so already. */
function targetOf({ title, preview }: PlanStep): string {
  const path = preview.kind === 'file' || preview.kind === 'attributes' ? preview.path : '';
  return path === '' || title.includes(path) ? '' : `: ${path}`;
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

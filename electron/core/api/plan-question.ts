import { previewLine } from '#core/fixes/plans/preview-line.ts';
import { revertWords } from '#shared/domain/arm-seconds.ts';
import type { Plan, PlanStep } from '#shared/domain/plan.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { exactCommands, exactWord } from './exact-command.ts';

/** What fits into the dialog of every shell: more would be refused there, and a person reads no more. */
const MOST_LINES = 56;
const LINE_LENGTH = 900;
const TITLE_LENGTH = 240;
/** A command that is longer stands below, so that it does not bury what is asked. */
const BESIDE = 120;
/** Of a step that is only named: 256 of these, the most that a plan has, fit. */
const PACKED_LENGTH = 150;

/**
 * What a person is asked outside the renderer before a plan is done: where, then one line of words for every step with what it changes,
 * then the card, and below it each longer command exactly, as far as it fits. Where there are too many steps they are named closely
 * packed, and never left out: what is not named here only a page says, and a page may lie.
 * @param where the address of the node, which no page can change; its name can be anything
 * @returns title and lines in which every unseen character is written out
 */
export function planQuestion(plan: Plan, where: string | null = null): { title: string; lines: string[] } {
  const head = [
    `On ${plan.nodeName}${where === null ? '' : ` (${where})`}. ${plan.access.words}`,
    ...(plan.revertsAfter === null ? [] : [revertWords(plan, plan.revertsAfter)]),
  ];
  const tail = [`SHA-256 of the whole plan: ${plan.hash}`];
  let room = MOST_LINES - head.length - tail.length;
  const fits = plan.steps.length <= room;
  const steps = fits ? plan.steps.map(stepLine) : packedLines(plan.steps).slice(0, room);
  room -= steps.length;
  const exact = exactLines(plan.steps, room);
  room -= exact.length;
  const settings = plan.settings.map(
    (row) => `${row.setting}: ${row.from} → ${row.to} (${row.takesEffect}). To recover: ${row.recover}`,
  );
  const shown = settings.length <= room ? settings : settings.slice(0, Math.max(0, room - 1));
  const omitted = settings.length - shown.length;
  const more = omitted === 0 || room === 0 ? [] : [`… and what ${omitted} settings become.`];
  return {
    title: shortened(visible(plan.title), TITLE_LENGTH),
    lines: [...head, ...steps, ...shown, ...more, ...exact, ...tail].map((line) =>
      shortened(visible(line), LINE_LENGTH),
    ),
  };
}

/** Whether a step is a command that stands below, and not beside its words. */
function isLong({ preview }: PlanStep): boolean {
  return preview.kind === 'command' && preview.arguments.map(exactWord).join(' ').length > BESIDE;
}

function stepLine(step: PlanStep, index: number): string {
  const waits = step.phase === 'when-kept' ? ' (once you keep the change)' : '';
  const { preview } = step;
  const what = preview.kind === 'command' ? preview.arguments.map(exactWord).join(' ') : previewLine(preview);
  return `${index + 1}. ${step.title}${waits}${isLong(step) ? '' : `: ${what}`}`;
}

/** Longer commands exactly, when there is room for all of them; else where they are to be read. */
function exactLines(steps: readonly PlanStep[], room: number): string[] {
  const long = steps.flatMap((step, index) =>
    isLong(step) && step.preview.kind === 'command' ? [{ index, vector: step.preview.arguments }] : [],
  );
  if (long.length === 0 || room === 0) return [];
  const { commands, words } = exactCommands(long.map(({ vector }) => vector));
  const lines = [
    'Exactly, as bash takes it (it runs as one argument vector, without a shell in between):',
    ...words,
    ...commands.map((command, at) => `${(long[at]?.index ?? 0) + 1}. ${command}`),
  ];
  const whole = lines.length <= room && lines.every((line) => line.length <= LINE_LENGTH);
  return whole
    ? lines
    : ['The plan itself shows its longer commands exactly, in the page and with --dry-run.'];
}

/** Steps by number and title, several on a line. */
function packedLines(steps: readonly PlanStep[]): string[] {
  const lines: string[] = [];
  steps.forEach((step, index) => {
    const name = `${index + 1}. ${shortened(visible(`${step.title}${targetOf(step)}`), PACKED_LENGTH)}`;
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

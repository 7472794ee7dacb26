import { exactCommands, exactWord } from '#core/api/exact-command.ts';
import { previewLine } from '#core/fixes/plans/preview-line.ts';
import { revertWords } from '#shared/domain/arm-seconds.ts';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import type { AppliedChange, Plan, PlanStep } from '#shared/domain/plan.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import type { Paint } from './terminal.ts';

const LABEL_WIDTH = 14;
/** Lines of a file that are shown on each side of what changes. */
const AROUND = 2;
const MOST_LINES = 400;

/**
 * @param reasonFollows why it cannot be done is said after the card, so the card leaves it to that
 * @returns a plan as a card: each setting, from, to, when, how to recover; then every step exactly
 */
export function cardOf(plan: Plan, paint: Paint, reasonFollows = false): string {
  const lines = [paint('bold', visible(plan.title)), ''];
  for (const row of plan.settings) {
    lines.push(
      labelled('Setting', row.setting),
      labelled('From', row.from),
      labelled('To', row.to),
      labelled('Takes effect', row.takesEffect),
      labelled('To recover', row.recover),
      '',
    );
  }
  plan.steps.forEach((step, index) => {
    lines.push(...stepLines(step, index + 1, paint));
  });
  if (plan.steps.length > 0) lines.push('', ...exactLines(plan.steps, paint));
  const next = plan.next ?? [];
  for (const { check, reason } of plan.left)
    lines.push(`${next.includes(check) ? 'Next round' : 'Left out'}: ${check}. ${visible(withIds(reason))}`);
  if (next.length > 0)
    lines.push(
      paint(
        'yellow',
        `This is the first of two rounds. When it is done, plan the rest: fix ${next.join(' ')}`,
      ),
    );
  for (const one of plan.differences) {
    lines.push(
      paint(
        'yellow',
        `Changed since: ${visible(one.path)}: ${one.what} was ${visible(one.left)}, is ${visible(one.now)}`,
      ),
    );
  }
  if (plan.revertsAfter !== null) {
    lines.push(revertWords(plan, plan.revertsAfter));
  }
  // Where a program has nothing to do, its title says so, and what is allowed on the node matters nothing.
  if (plan.purpose === 'fix' && plan.steps.length === 0) return `${lines.join('\n')}\n`;
  if (plan.blocked !== plan.access.words) lines.push(visible(plan.access.words));
  if (plan.blocked !== null && !reasonFollows)
    lines.push(paint('red', `Cannot be done as things are: ${visible(plan.blocked)}`));
  return `${lines.join('\n')}\n`;
}

/** The console names checks by their titles; commands take their ids. */
function withIds(text: string): string {
  return CHECK_IDS.reduce((said, id) => {
    const title = `"${catalogueEntry(id).title}"`;
    return said.replaceAll(title, () => `${title} (${id})`);
  }, text);
}

function labelled(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${visible(text)}`;
}

function stepLines(step: PlanStep, number: number, paint: Paint): string[] {
  const when = step.phase === 'when-kept' ? ' (once you keep the change)' : '';
  const lines = [`${String(number).padStart(3)}. ${visible(step.title)}${when}`];
  const { preview } = step;
  if (preview.kind === 'file') {
    lines.push(`     ${visible(preview.path)} (${visible(preview.attributes)})`);
    lines.push(...differenceOf(preview.before, preview.after).map((line) => `     ${coloured(line, paint)}`));
  } else if (preview.kind !== 'command') lines.push(`     ${paint('dim', visible(previewLine(preview)))}`);
  else if (!isLong(step)) lines.push(`     ${paint('dim', preview.arguments.map(exactWord).join(' '))}`);
  if (step.interrupts !== null) {
    lines.push(`     Interrupts ${visible(step.interrupts.what)} for about ${step.interrupts.seconds} s`);
  }
  lines.push(`     ${paint('dim', `Undo: ${visible(step.undo)}`)}`);
  return lines;
}

/** A command that would bury what the steps do stands below them. */
const BESIDE = 160;

function isLong({ preview }: PlanStep): boolean {
  return preview.kind === 'command' && preview.arguments.map(exactWord).join(' ').length > BESIDE;
}

/** Longer commands, as a person can paste them; a script that several steps run stands there once. */
function exactLines(steps: readonly PlanStep[], paint: Paint): string[] {
  const long = steps.flatMap((step, index) =>
    step.preview.kind === 'command' && isLong(step) ? [{ index, vector: step.preview.arguments }] : [],
  );
  if (long.length === 0) return [];
  const { commands, words } = exactCommands(long.map(({ vector }) => vector));
  return [
    'The longer commands exactly, as bash takes them; each runs as one argument vector, without a shell in between:',
    // Not indented: a line that goes on with the one before would else end its word.
    ...words.map((line) => paint('dim', line)),
    ...commands.map((command, at) => paint('dim', `  ${command}  # step ${(long[at]?.index ?? 0) + 1}`)),
    '',
  ];
}

function coloured(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint('green', line);
  return line.startsWith('-') ? paint('red', line) : paint('dim', line);
}

/** @returns what changes between two texts: equal beginning and end are left out but for a few lines */
function differenceOf(before: string | null, after: string | null): string[] {
  const old = before === null ? [] : textLines(before);
  const now = after === null ? [] : textLines(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail))
    tail += 1;
  const shown = [
    ...old.slice(Math.max(0, head - AROUND), head).map((line) => `  ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+ ${line}`),
    ...now.slice(now.length - tail, now.length - tail + AROUND).map((line) => `  ${line}`),
  ];
  if (shown.length <= MOST_LINES) return shown;
  return [...shown.slice(0, MOST_LINES), `… and ${shown.length - MOST_LINES} more lines`];
}

function textLines(text: string): string[] {
  return visibleLines(text).replace(/\n$/, '').split('\n');
}

const STATE_WORDS: Readonly<Record<AppliedChange['state'], string>> = {
  waiting: 'waiting',
  applying: 'under way',
  unconfirmed: 'done, and takes itself back unless it is kept',
  verifying: 'being looked at',
  done: 'done',
  'not-verified': 'done, but the look afterwards shows something else',
  'rolling-back': 'being taken back',
  'rolled-back': 'taken back',
  reverted: 'took itself back',
  undone: 'undone',
  stuck: 'neither done nor taken back',
};

/** @returns where a change is, in words of one line */
export function stateLine(change: AppliedChange): string {
  return `${visible(change.title)}: ${STATE_WORDS[change.state]}`;
}

/** @returns how a change ended: its state, what the look afterwards said, and what went wrong */
export function endingOf(change: AppliedChange, paint: Paint): string {
  const good = change.state === 'done';
  const lines = [paint(good ? 'green' : 'yellow', stateLine(change))];
  for (const { check, status, words } of change.results)
    lines.push(`  ${status.padEnd(8)} ${check}: ${visible(words)}`);
  if (change.error !== null) lines.push(`  ${visible(change.error)}`);
  const next = change.next ?? [];
  const goesOn = next.length > 0 && (change.state === 'done' || change.state === 'not-verified');
  if (goesOn) lines.push(`  Now the second round: fix ${next.join(' ')}`);
  lines.push(...leftLines(change, paint), `  Change ${change.id}`);
  return `${lines.join('\n')}\n`;
}

/** What is still on the node of a change that is stuck, why, and how a person takes each back. */
function leftLines(change: AppliedChange, paint: Paint): string[] {
  const { left = [], id } = change;
  if (change.state !== 'stuck') return [];
  return [
    ...(left.length === 0 ? [] : [`  Still on ${visible(change.nodeName)}, newest first:`]),
    ...left.flatMap(({ step, title, why, undo, byHand }) => [
      `   ${String(step + 1).padStart(2)}. ${visible(title)}`,
      ...(why === null ? [] : [`       ${visible(why)}`]),
      paint('dim', `       By hand: ${byHand === null ? visible(undo) : visible(byHand)}`),
    ]),
    `  To try again: undo ${id.slice(0, 8)}. To leave it as it is, and count it as settled: undo ${id.slice(0, 8)} --leave`,
  ];
}

/** @returns one change in full: every step with its state and what was said of it, then how it ended */
export function changeInFull(change: AppliedChange, paint: Paint): string {
  // What was not begun when it was over never will be.
  const over = change.endedAt !== null || change.state === 'rolling-back';
  const wordOf = (state: AppliedChange['steps'][number]['state']) =>
    over && state === 'waiting' ? 'not done' : STEP_WORDS[state];
  const steps = change.steps.flatMap(({ title, state, message }, index) => [
    `${String(index + 1).padStart(3)}. ${wordOf(state).padEnd(10)} ${visible(title)}`,
    ...(message === null ? [] : [paint('dim', `     ${visible(message)}`)]),
  ]);
  const undo = change.undo.possible
    ? `  It can be taken back: undo ${change.id.slice(0, 8)}`
    : `  No undo: ${visible(change.undo.reason)}`;
  const begun = `${visible(change.nodeName)}, begun ${change.startedAt.slice(0, 16).replace('T', ' ')}`;
  return `${begun}\n${steps.join('\n')}\n${endingOf(change, paint)}${undo}\n`;
}

const STEP_WORDS: Readonly<Record<AppliedChange['steps'][number]['state'], string>> = {
  waiting: 'not yet',
  running: 'now',
  done: 'done',
  failed: 'failed',
  'taken-back': 'taken back',
  'left-out': 'left so',
};

/** @returns the list of changes, newest first, one line each */
export function changesTable(changes: readonly AppliedChange[]): string {
  return changes
    .map(
      (change) =>
        `${change.id}  ${change.startedAt.slice(0, 16).replace('T', ' ')}  ${visible(change.nodeName)}  ${stateLine(change)}\n`,
    )
    .join('');
}

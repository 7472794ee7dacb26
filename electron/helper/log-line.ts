import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import type { Machine } from './machine.ts';
import { findProgram, runProgram } from './run/run-program.ts';

/** Asks that only look: not worth a line in the journal of a node. */
const LOOKING = new Set(['hello', 'inspect', 'changes', 'compare', 'probe']);

/** What was asked and what came of it, in one line: names and numbers, never contents, never a message. */
export function lineFor(request: HelperRequest, answer: HelperAnswer): string {
  const words: string[] = [`ask=${request.ask}`];
  if ('change' in request) words.push(`change=${request.change}`);
  if (request.ask === 'pause') words.push(`act=${request.what.act}`);
  if ('step' in request) words.push(`step=${request.step}`);
  if (request.ask === 'do') {
    const { action } = request;
    words.push(`verb=${action.verb}`);
    if ('path' in action) words.push(`path=${JSON.stringify(action.path)}`);
    if ('unit' in action) words.push(`unit=${action.unit}`);
    if ('name' in action) words.push(`name=${action.name}`);
  }
  words.push(answer.answer === 'refused' ? `refused=${answer.refusal}` : `answer=${answer.answer}`);
  return words.join(' ').slice(0, 2_000);
}

/** Writes the line to the journal through logger(1). A node without it is not refused: the console keeps its own record. */
export function logAction(machine: Machine, request: HelperRequest, answer: HelperAnswer): void {
  if (!LOOKING.has(request.ask)) logLine(machine, lineFor(request, answer));
}

/** Writes one line to the journal; it must hold names and numbers only. */
export function logLine(machine: Machine, line: string): void {
  if (findProgram(machine, 'logger') === null) return;
  try {
    runProgram(machine, {
      program: 'logger',
      arguments: ['--tag', 'swarmkeep-helper', '--priority', 'auth.notice', '--', line],
      timeoutMs: 2_000,
    });
  } catch {
    // No journal to write to.
  }
}

import { canonicalJson, type Json } from '#shared/domain/canonical-json.ts';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import { type HelperReply, helperFailure } from './helper-channel.ts';

/** Answers that fit to what was asked; `refused` fits always. */
const FITTING: Readonly<Record<HelperRequest['ask'], readonly HelperAnswer['answer'][]>> = {
  hello: ['hello'],
  inspect: ['inspected'],
  do: ['done'],
  undo: ['undone'],
  compare: ['compared'],
  arm: ['armed'],
  confirm: ['confirmed'],
  revert: ['reverted'],
  changes: ['changes'],
  forget: ['forgotten'],
  probe: ['probed'],
  secret: ['secret-seen', 'fenced', 'secret-progress', 'secret-verified'],
  secrets: ['secret-steps'],
  pause: ['pause'],
  isolate: [
    'isolation-seen',
    'isolation-cut',
    'isolation-settled',
    'isolation-own',
    'isolation-proved',
    'isolation-fence',
  ],
  uninstall: ['uninstalled'],
};

/** Most bytes that an answer may have: `inspect` may carry 256 files of 256 KiB, escaped. */
export function answerLimit(request: HelperRequest): number {
  switch (request.ask) {
    case 'inspect':
      return 96 * 1024 * 1024;
    case 'changes':
      return 32 * 1024 * 1024;
    case 'compare':
    case 'isolate':
      return 4 * 1024 * 1024;
    default:
      return 1024 * 1024;
  }
}

/**
 * Reads what the helper printed. Anything before the last line is not its own: a login shell may greet.
 * @returns the answer, or a failure of kind `bad-answer`: no JSON, an unknown shape, half characters, or the answer to
 *   something else than was asked
 */
export function readAnswer(request: HelperRequest, printed: string, nodeName: string): HelperReply {
  const line = printed.trimEnd().split('\n').at(-1) ?? '';
  const answer = parseAnswer(line);
  if (answer !== null && (answer.answer === 'refused' || FITTING[request.ask].includes(answer.answer))) {
    return { ok: true, answer };
  }
  return helperFailure(
    'bad-answer',
    `The helper on ${nodeName} gave an answer that cannot be read.`,
    'Replace it: "Allow changes on this node" installs it anew.',
    true,
  );
}

/** @returns the answer in a text, or null when it is none */
export function parseAnswer(text: string): HelperAnswer | null {
  try {
    const value = JSON.parse(text) as Json;
    canonicalJson(value); // Halves of surrogate pairs could not be hashed later.
    const parsed = helperAnswer.safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

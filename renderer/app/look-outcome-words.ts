import type { LookState } from '#shared/contract/looks.ts';
import { visible } from '#shared/domain/text.ts';
import { countWord } from '#shared/domain/words.ts';

/**
 * How looks ended, in one or two sentences.
 * @param looks all of them ended
 * @param recorded ids of nodes that are recorded facts: they are judged again, and nobody looks
 */
export function outcomeInWords(looks: readonly LookState[], recorded: ReadonlySet<string>): string {
  const [only] = looks;
  const failed = looks.filter(({ state }) => state === 'failed').length;
  const done = looks.filter(({ state }) => state === 'done').length;
  const before = 'What you see is from before.';
  if (looks.length === 1 && only) {
    const name = visible(only.nodeName);
    if (failed > 0) return `${name} could not be looked at. ${before}`;
    if (done === 0) return `The look was cancelled. ${before}`;
    return recorded.has(only.node)
      ? `The recording of ${name} was judged again. What it recorded stays as it was.`
      : `Looked at ${name} again.`;
  }
  if (done === looks.length) return `Looked at ${countWord(done)} nodes again.`;
  if (done === 0 && failed === 0) return `The looks were cancelled. ${before}`;
  if (done === 0) return `None of ${countWord(looks.length)} nodes could be looked at. ${before}`;
  if (failed === 0)
    return `Looked at ${countWord(done)} of ${countWord(looks.length)} nodes, then cancelled.`;
  return `Looked at ${countWord(done)} of ${countWord(looks.length)} nodes; ${countWord(failed)} could not be looked at.`;
}

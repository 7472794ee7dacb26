import type { CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { namedCheck } from '#shared/domain/named-check.ts';
import { countSteps, isNumbered } from '#shared/domain/numbered-steps.ts';
import { countWord } from '#shared/domain/words.ts';

/** Whether a step or what would help sends the operator to name something in Setup. */
export function speaksOfSetup({ fix, wouldHelp }: TrackedFinding): boolean {
  return [wouldHelp ?? '', ...fix.map((step) => step.text)].some((text) => /\bin Setup\b/.test(text));
}

/** The item that has to be put right before this one, where the words of its steps send there. */
export function beforeIt(finding: TrackedFinding, words: readonly string[]): CheckId | null {
  const named = namedCheck(words);
  return named === finding.check ? null : named;
}

export function titleOf(finding: TrackedFinding): string {
  if (finding.waiver) return 'You have accepted this';
  if (finding.status === 'unknown') return 'What would let us look';
  if (finding.status === 'review') return 'This needs a person’s eye';
  return 'How to put it right';
}

export function showWords({ fix }: TrackedFinding): string {
  const count = countSteps(fix);
  return count === 1 ? 'Show the step' : `Show the ${countWord(count)} steps`;
}

export function stepsInWords({ fix }: TrackedFinding): string {
  const numbered = fix.filter(isNumbered);
  const root = numbered.filter((step) => step.needsRoot).length;
  const steps = numbered.length === 1 ? 'one step' : `${countWord(numbered.length)} steps`;
  if (root === 0) return `${steps}, no administrator needed`;
  return root === numbered.length
    ? `${steps}, as administrator`
    : `${steps}, ${countWord(root)} as administrator`;
}

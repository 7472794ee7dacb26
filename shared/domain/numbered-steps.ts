import type { FixStep } from './finding.ts';

/** Whether a step is something to run or to write; anything else is a sentence to a person, and has no number. */
export function isNumbered({ command, file }: FixStep): boolean {
  return command !== null || file !== undefined;
}

/** How many steps there are to run or to write: what buttons and titles count. */
export function countSteps(steps: readonly FixStep[]): number {
  return steps.filter(isNumbered).length;
}

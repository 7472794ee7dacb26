import type { Plan } from './plan.ts';

/** Seconds that steps may take while the timer runs already, so that it does not fire in their midst. */
const STEP_SECONDS = 20;
const PACKAGE_SECONDS = 900;
/** The longest that the helper takes (`arm` of the protocol). */
const MOST_SECONDS = 3_600;

/** @returns for how many seconds the timer is armed before the steps: their own time comes on top */
export function secondsBeforeSteps(plan: Plan, seconds: number): number {
  const spare = plan.steps.reduce(
    (sum, step) => sum + (step.needs.includes('package') ? PACKAGE_SECONDS : STEP_SECONDS),
    0,
  );
  return Math.min(MOST_SECONDS, seconds + spare);
}

/**
 * When a change that is not kept is gone, at the latest: most often the console sets the timer short after the last step; cut off in
 * the midst of the steps it cannot, and the node waits for the time that they all may take.
 * @returns what to say to who is asked for consent
 */
export function revertWords(plan: Plan, seconds: number): string {
  const minutes = Math.ceil(secondsBeforeSteps(plan, seconds) / 60);
  return `It takes itself back ${seconds} seconds after the last step unless you keep it; cut off in the midst of the steps, the node does so by itself within ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}

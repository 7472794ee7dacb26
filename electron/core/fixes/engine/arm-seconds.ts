import type { Plan } from '#shared/domain/plan.ts';

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

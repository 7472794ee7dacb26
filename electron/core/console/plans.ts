import type { ClaimedPlan } from '#core/fixes/plan-registry.ts';
import type { ConsoleService } from './service.ts';

/**
 * Ordering a change. What stands before the console has found the plan by id and hash, asked a person outside the renderer
 * and claimed it: that a {@link ClaimedPlan} is here says so.
 * @param begin starts the change and answers its id
 */
export function plansGroup(begin: (claimed: ClaimedPlan) => Promise<string>): ConsoleService['plans'] {
  return { apply: async (claimed) => ({ change: await begin(claimed) }) };
}

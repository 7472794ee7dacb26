import type { FixPlan } from '#core/fixes/fix.ts';

/** The text that a plan writes to a path; an error when it writes none. */
export function writtenBy(plan: FixPlan, path: string): string {
  for (const { action } of plan.steps)
    if (action?.verb === 'write-file' && action.path === path)
      return Buffer.from(action.contents, 'base64').toString('utf8');
  throw new Error(`${path} is not written by this plan`);
}

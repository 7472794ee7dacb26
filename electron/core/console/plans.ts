import { type ConsentGate, ConsoleError, type ConsoleService } from './service.ts';

/** A change of a node that the core planned, ready to be ordered. */
export interface Plan {
  id: string;
  /** SHA-256 of all that was shown, 64 hex digits. */
  hash: string;
  title: string;
  /** What will be done, one line each, for the person who is asked. */
  lines: readonly string[];
  /** @returns id of the change */
  apply(): Promise<string>;
}

/**
 * Ordering a change: known plan, unchanged since it was shown, and a person's word outside the renderer. Only then it
 * is applied.
 * @param find looks a plan up among those that the core made
 */
export function plansGroup(find: (id: string) => Plan | null, consent: ConsentGate): ConsoleService['plans'] {
  return {
    async apply({ plan: id, hash }) {
      const plan = find(id);
      const untouched = 'Nothing was changed.';
      if (plan === null) {
        throw new ConsoleError('PLAN_UNKNOWN', 'There is no such plan.', {
          untouched,
          next: 'Open the check again; a new plan is made for it.',
        });
      }
      if (plan.hash !== hash) {
        throw new ConsoleError('PLAN_CHANGED', 'The plan is not the one that was shown.', {
          untouched,
          next: 'Read the new plan, then order it again.',
        });
      }
      if (!(await consent.ask({ title: plan.title, lines: plan.lines }).catch(() => false))) {
        throw new ConsoleError('CONSENT_REFUSED', 'Consent was not given.', { untouched, next: '' });
      }
      return { change: await plan.apply() };
    },
  };
}

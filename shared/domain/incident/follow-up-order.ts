import type { FollowUp } from './follow-up.ts';

/**
 * @param today the operator's day, as `2026-12-01`
 * @returns whether it should have been done before today; what is done never is
 */
export const isOverdue = ({ due, doneAt }: Pick<FollowUp, 'due' | 'doneAt'>, today: string): boolean =>
  doneAt === null && due !== null && due < today;

/** @returns open ones first, those that are due soonest at the top; done ones behind, newest first. The list itself stays as it is */
export function byUrgency<T extends { followUp: FollowUp }>(all: readonly T[]): T[] {
  return [...all].sort(({ followUp: one }, { followUp: other }) => {
    if ((one.doneAt === null) !== (other.doneAt === null)) return one.doneAt === null ? -1 : 1;
    if (one.doneAt !== null && other.doneAt !== null)
      return Date.parse(other.doneAt) - Date.parse(one.doneAt);
    const due = (one.due ?? '9999-99-99').localeCompare(other.due ?? '9999-99-99');
    return due === 0 ? Date.parse(one.at) - Date.parse(other.at) : due;
  });
}

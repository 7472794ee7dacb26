import type { CountGroup } from '#shared/domain/counting.ts';
import type { ShownStatus } from '../../components/status-words.ts';

/** The icon that stands for a group. */
export function groupStatus(group: CountGroup): ShownStatus {
  return group === 'lacking' ? 'unknown' : group;
}

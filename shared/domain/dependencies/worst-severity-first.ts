import type { Severity } from './advisory.ts';

/** Worst first; what nobody rated stands before what somebody rated as low. */
export const WORST_SEVERITY_FIRST: readonly Severity[] = [
  'critical',
  'high',
  'unrated',
  'medium',
  'low',
  'none',
];

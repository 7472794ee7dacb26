import type { TimelineSource } from '#shared/domain/incident/timeline.ts';

/** Where an entry of the timeline comes from, as a choice; without the validator that the schema brings along. */
export const TIMELINE_WORDS: readonly { value: TimelineSource; label: string }[] = [
  { value: 'event', label: 'Logs' },
  { value: 'login', label: 'Logins' },
  { value: 'alert', label: 'Alerts' },
  { value: 'change', label: 'Changes' },
  { value: 'finding', label: 'Findings' },
  { value: 'file', label: 'Files' },
  { value: 'console', label: 'This console' },
];

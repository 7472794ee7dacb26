/** What the runbook goes through. What NIST SP 800-61r3 calls each of them stands in `incident-words.ts`. Without the validator, for pages. */
export const INCIDENT_PHASES = ['detect', 'contain', 'eradicate', 'recover', 'learn'] as const;

/** @returns whether nobody has to think of a step any more */
export const isSettled = ({ state }: { state: string }): boolean => state === 'done' || state === 'skipped';

/** What is new inside a finding whose status stayed, in words; null for a change of the status alone. */
export const INSIDE_SCHEMA = 'ALTER TABLE finding_change ADD COLUMN inside TEXT;';

import type { InstanceProfile, ProfileCorrection } from '#shared/domain/profile.ts';

export type ProfileField = Exclude<keyof ProfileCorrection, 'instance'> & keyof InstanceProfile;

/** Fields of a profile in the order in which they are shown, and how each is written. */
export const PROFILE_FIELDS: readonly {
  key: ProfileField;
  label: string;
  kind: 'word' | 'path' | 'port';
}[] = [
  { key: 'user', label: 'Account', kind: 'word' },
  { key: 'unit', label: 'Unit', kind: 'word' },
  { key: 'source', label: 'Source', kind: 'path' },
  { key: 'virtualEnvironment', label: 'Virtual environment', kind: 'path' },
  { key: 'configurationFolder', label: 'Configuration', kind: 'path' },
  { key: 'workspace', label: 'Workspace', kind: 'path' },
  { key: 'logFolder', label: 'Logs', kind: 'path' },
  { key: 'apiPort', label: 'API port', kind: 'port' },
  { key: 'dashboardPort', label: 'Dashboard port', kind: 'port' },
];

/** What was typed for a field: empty means "as found". */
export type TypedValue =
  | { state: 'as-found' }
  | { state: 'value'; value: string | number }
  | { state: 'wrong'; problem: string };

/**
 * Read what was typed for a field of a profile.
 * @param kind how the field is written
 * @param text as typed
 * @returns the value, "as found" for an empty text, or what is wrong with it
 */
export function readTyped(kind: 'word' | 'path' | 'port', text: string): TypedValue {
  const value = text.trim();
  if (value === '') return { state: 'as-found' };
  if (kind === 'port') {
    const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    return port >= 1 && port <= 65_535
      ? { state: 'value', value: port }
      : { state: 'wrong', problem: 'A port is a number from 1 to 65535.' };
  }
  if (kind === 'path' && !value.startsWith('/')) {
    return { state: 'wrong', problem: 'A path starts with a slash.' };
  }
  return { state: 'value', value };
}

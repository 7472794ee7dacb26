import type { InstanceProfile, ProfileCorrection } from '#shared/domain/profile.ts';

/** The parts of a profile that the operator can correct. */
export type FieldName = Exclude<keyof ProfileCorrection, 'instance'>;

export interface ProfileField {
  name: FieldName;
  label: string;
  kind: 'path' | 'word' | 'port';
}

/** In the order in which they are shown. */
export const PROFILE_FIELDS: readonly ProfileField[] = [
  { name: 'user', label: 'Account', kind: 'word' },
  { name: 'unit', label: 'Unit', kind: 'word' },
  { name: 'source', label: 'Source', kind: 'path' },
  { name: 'virtualEnvironment', label: 'Virtual environment', kind: 'path' },
  { name: 'workspace', label: 'Workspace', kind: 'path' },
  { name: 'configurationFolder', label: 'Configuration', kind: 'path' },
  { name: 'logFolder', label: 'Logs', kind: 'path' },
  { name: 'apiPort', label: 'API port', kind: 'port' },
  { name: 'dashboardPort', label: 'Dashboard port', kind: 'port' },
];

/** What stands in the form: a text for each field, empty for "there is none". */
export type Draft = Record<FieldName, string>;

/** @returns the form's texts for a profile */
export function draftOf(profile: InstanceProfile): Draft {
  return Object.fromEntries(
    PROFILE_FIELDS.map(({ name }) => [name, profile[name] === null ? '' : String(profile[name])]),
  ) as Draft;
}

/**
 * What is wrong with a text, in one sentence; null when nothing is. Empty means that there is none, which is allowed.
 */
export function fieldProblem({ kind }: ProfileField, text: string): string | null {
  const value = text.trim();
  if (value === '') return null;
  if (kind === 'path') {
    if (!value.startsWith('/')) return 'A path on the node begins with a slash.';
    return value.length > 4_096 ? 'This path is longer than any path can be.' : null;
  }
  if (kind === 'port') {
    return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
      ? null
      : 'A port is between 1 and 65535.';
  }
  return /^[A-Za-z0-9_@.:\\-]{1,256}$/.test(value) ? null : 'Letters, digits, and @ _ . : - only.';
}

/**
 * The corrections that make the detected profile into the draft; null when they are equal.
 * @param detected as found at the last look
 * @param draft without problems, see {@link fieldProblem}
 */
export function correctionOf(detected: InstanceProfile, draft: Draft): ProfileCorrection | null {
  const before = draftOf(detected);
  const changed = PROFILE_FIELDS.filter(({ name }) => before[name] !== draft[name].trim());
  if (changed.length === 0) return null;
  const values = changed.map(({ name, kind }) => {
    const value = draft[name].trim();
    return [name, value === '' ? null : kind === 'port' ? Number(value) : value];
  });
  return { instance: detected.id, ...Object.fromEntries(values) };
}

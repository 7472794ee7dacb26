import type { Differing } from './snapshot.ts';

/** What may differ, in which fields (all of them where none are named), and why. */
interface Allowed {
  path: RegExp;
  fields?: readonly string[];
  why: string;
}

/**
 * What may differ on a node after everything was undone and removed, each with its reason. Reviewed by a person: a thing
 * that is not here fails the test.
 */
const ALLOWED: readonly Allowed[] = [
  {
    path: /^\/var\/lib\/systemd\/(random-seed|timers|timesync|catalog|linger)/,
    why: 'kept by systemd at every boot and shutdown',
  },
  { path: /^\/var\/lib\/private$/, why: 'made by systemd for services with DynamicUser' },
  {
    path: /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
    why: 'backup that useradd and userdel leave',
  },
  {
    path: /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)$/,
    fields: ['time'],
    why: 'the person took away the account that stayed, as the undo says',
  },
  { path: /^\/etc\/\.pwd\.lock$/, why: 'lock of the account tools' },
  {
    path: /^\/(etc|home)$/,
    fields: ['time'],
    why: 'the same person, the same account: its name went from the files of accounts, and its home',
  },
  {
    path: /^\/(etc\/sudoers\.d|etc\/systemd\/system|usr\/local|usr\/share\/polkit-1\/actions|var\/lib)$/,
    fields: ['time'],
    why: 'the helper or its records lay in it; a folder has the time at which something in it came or went',
  },
  {
    path: /^\/etc\/systemd\/system\/multi-user\.target\.wants$/,
    fields: ['time'],
    why: 'systemctl put the link of a unit there, and took it away',
  },
  {
    path: /^\/home\/minotaur$/,
    fields: ['time'],
    why: 'sudo remembered there that it explained itself',
  },
  {
    path: /^\/home\/[^/]+\/(\.config\/mycoswarm\/access\.log|\.bash_history|\.sudo_as_admin_successful)$/,
    why: 'written by the daemon or the shell',
  },
  { path: /^\/var\/lib\/sudo\//, why: 'sudo remembers that it explained itself' },
  { path: /\/__pycache__(\/|$)/, why: 'bytecode that Python writes beside its sources' },
];

/** Whether something may differ so. */
export function isAllowed({ path, fields }: Differing): boolean {
  return ALLOWED.some(
    (allowed) =>
      allowed.path.test(path) &&
      (allowed.fields === undefined || fields.every((field) => allowed.fields?.includes(field))),
  );
}

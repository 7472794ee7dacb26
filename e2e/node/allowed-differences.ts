import type { Differing } from './snapshot.ts';

/** What may differ, in which fields, and why. `there` is the field of what came or went. */
interface Allowed {
  path: RegExp;
  fields: readonly string[];
  why: string;
}

/** What it says may differ, but neither whose it is nor who may do what with it. */
const WORDS = ['there', 'contents', 'size', 'time'] as const;

/**
 * What may differ on a node after everything was undone and removed, each with its reason. Reviewed by a person: a thing
 * that is not here, or differs in another field, fails the test. Owner, group, mode, access lists and capabilities never may.
 */
const ALLOWED: readonly Allowed[] = [
  {
    path: /^\/var\/lib\/systemd\/(random-seed|timers(\/[^/]+\.timer)?|timesync(\/clock)?|catalog(\/database)?)$/,
    fields: WORDS,
    why: 'kept by systemd at every boot and shutdown',
  },
  { path: /^\/var\/lib\/private$/, fields: ['there'], why: 'made by systemd for services with DynamicUser' },
  {
    path: /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
    fields: WORDS,
    why: 'backup that useradd and userdel leave',
  },
  {
    path: /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)$/,
    fields: ['time'],
    why: 'the person took away the account that stayed, as the undo says',
  },
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
    path: /^\/home\/minotaur\/(\.config\/mycoswarm\/access\.log|\.sudo_as_admin_successful)$/,
    fields: WORDS,
    why: 'written by the daemon, and by sudo at its first use',
  },
  {
    path: /^\/var\/lib\/sudo\/lectured(\/[^/]+)?$/,
    fields: WORDS,
    why: 'sudo remembers that it explained itself',
  },
];

/** Why something may differ so; null when it may not. */
export function whyAllowed({ path, fields }: Differing): string | null {
  const allowed = ALLOWED.find(
    (one) => one.path.test(path) && fields.every((field) => one.fields.includes(field)),
  );
  return allowed?.why ?? null;
}

import type { Differing } from './snapshot.ts';

/** What may differ, in which fields, and why. `there` is the field of what came or went. */
interface Allowed {
  path: RegExp;
  fields: readonly string[];
  why: string;
  /** What has to be true of the two besides. */
  holds?: (one: Differing) => boolean;
}

/** Two states of auditctl(8) without a rule, both switched off, that differ in the room for records only. */
const isRoomOnly = ({ was, is }: Differing): boolean => {
  const rest = (text: string) => text.replace(/^backlog_limit [0-9]+\n/gm, '');
  return /^(is )?No rules\nenabled 0\n/.test(is) && rest(was) === rest(is);
};

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
  {
    path: /^\/var\/backups(\/(apt\.extended_states|dpkg\.(diversions|statoverride|status)|alternatives\.tar)\.\d+(\.gz)?)?$/,
    fields: WORDS,
    why: 'written by the daily timers of apt and dpkg, whichever day they run on',
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
    path: /^\/etc\/systemd\/system\/sysinit\.target\.wants$/,
    fields: ['time'],
    why: 'the link of the time service was put there, and taken away',
  },
  {
    path: /^\/(etc\/(default|init\.d|rc[0-6]\.d|ld\.so\.cache)|usr\/(bin|sbin|lib\/systemd\/system|lib\/x86_64-linux-gnu|share\/(doc|lintian\/overrides|man\/man[578]|stand-in-tool))|var\/lib\/systemd\/deb-systemd-helper-enabled(\/multi-user\.target\.wants)?)$/,
    fields: ['time'],
    why: 'packages were installed there and removed, and the update was put back by the person; what lies there is the same',
  },
  {
    path: /^rules: audit$/,
    fields: ['is'],
    holds: isRoomOnly,
    why: 'auditd made room for records, which none come for: the kernel’s switch is off and no rule is in force',
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
export function whyAllowed(differing: Differing): string | null {
  const { path, fields } = differing;
  const allowed = ALLOWED.find(
    (one) =>
      one.path.test(path) &&
      fields.every((field) => one.fields.includes(field)) &&
      (one.holds?.(differing) ?? true),
  );
  return allowed?.why ?? null;
}
